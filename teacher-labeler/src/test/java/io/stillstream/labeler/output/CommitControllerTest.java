package io.stillstream.labeler.output;

import static io.stillstream.labeler.result.TeacherAnswerFixtures.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.labeler.metrics.MicrometerLabelerMetrics;
import io.stillstream.labeler.result.EncodedResult;
import io.stillstream.labeler.result.EncodedResult.CommittedCount;
import io.stillstream.labeler.result.EncodedResult.TeacherAnswer;
import io.stillstream.labeler.result.GroundTruth;
import io.stillstream.labeler.result.MaskTruth;
import io.stillstream.schemas.answer.SegmentationMask;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class CommitControllerTest {
  private static final Duration INTERVAL = Duration.ofMillis(200);

  private final AtomicLong nanos = new AtomicLong();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final MicrometerLabelerMetrics metrics = new MicrometerLabelerMetrics(meters, 3);
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final ConsumerGroupMetadata group =
      new MockConsumer<byte[], byte[]>("earliest").groupMetadata();
  private final CommitController commits =
      new CommitController(
          new TransactionalProducer(() -> producer),
          new PendingCommit(INTERVAL, nanos::get),
          metrics,
          InstantSource.system());

  @Test
  void shouldNotAllowSendingBeforeTheConsumerIsRewound() {
    // then
    assertThat(commits.isSuspended()).isTrue();
    assertThat(commits.retryDelay()).isZero();

    // when
    commits.open();

    // then
    assertThat(producer.transactionInitialized()).isTrue();
    assertThat(commits.isSuspended()).isTrue();

    // when
    commits.resume();

    // then
    assertThat(commits.isSuspended()).isFalse();
  }

  @Test
  void shouldBeDueAfterTheInterval() {
    // given
    start();
    assertThat(commits.isDue()).isFalse();
    send(0);

    // when
    nanos.addAndGet(INTERVAL.toNanos() - 1);

    // then
    assertThat(commits.isDue()).isFalse();
    assertThat(commits.untilDue()).contains(Duration.ofNanos(1));

    // when
    nanos.incrementAndGet();

    // then
    assertThat(commits.isDue()).isTrue();

    // when
    commits.commit(group);

    // then
    assertThat(producer.commitCount()).isEqualTo(1);
    assertThat(commits.untilDue()).isEmpty();
    assertThat(meters.counter("teacher.views").count()).isEqualTo(1);
    assertThat(meters.get("teacher.commit.duration").timer().count()).isEqualTo(1);
  }

  @Test
  void shouldCommitNothingWithoutATransaction() {
    // given
    start();

    // when
    commits.commit(group);

    // then
    assertThat(producer.commitCount()).isZero();
    assertThat(meters.get("teacher.commit.duration").timer().count()).isZero();
  }

  @Test
  void shouldAbortAndWaitLongerAfterEachFailureUntilACommitSucceeds() {
    // given
    start();
    send(0);

    // when
    String problem =
        commits.abort(new KafkaException("error state", new TimeoutException("no leader")));

    // then
    assertThat(problem).isEqualTo("no leader");
    assertThat(producer.transactionAborted()).isTrue();
    assertThat(commits.isSuspended()).isTrue();
    assertThat(commits.retryDelay()).isEqualTo(Duration.ofMillis(100));
    assertThat(commits.untilDue()).isEmpty();
    assertThat(meters.counter("teacher.recoveries", "kind", "aborted").count()).isEqualTo(1);

    // when
    commits.abort(new TimeoutException("no leader"));

    // then
    assertThat(commits.retryDelay()).isEqualTo(Duration.ofMillis(200));

    // when
    start();
    send(0);
    commits.commit(group);
    commits.abort(new TimeoutException("no leader"));

    // then
    assertThat(commits.retryDelay()).isEqualTo(Duration.ofMillis(100));
  }

  @Test
  void shouldThrowAFailureThatCannotPass() {
    // given
    start();
    send(0);
    SerializationException failure = new SerializationException("schema rejected");

    // then
    assertThatThrownBy(() -> commits.abort(failure)).isSameAs(failure);
    assertThat(commits.isSuspended()).isFalse();
    assertThat(producer.transactionAborted()).isFalse();
  }

  @Test
  void shouldAbortWhenPartitionsAreLost() {
    // given
    start();
    send(0);

    // when
    commits.abortLost();

    // then
    assertThat(producer.transactionAborted()).isTrue();
    assertThat(commits.isSuspended()).isTrue();
    assertThat(meters.counter("teacher.recoveries", "kind", "lost").count()).isEqualTo(1);
  }

  @Test
  void shouldStillCommitWhatWasSentBeforeSendingStopped() {
    // given
    start();
    send(0);

    // when
    commits.suspend();
    commits.commit(group);

    // then
    assertThat(commits.isSuspended()).isTrue();
    assertThat(producer.commitCount()).isEqualTo(1);
  }

  @Test
  void shouldAbortWhatIsOpenWhenClosed() {
    // given
    start();
    send(0);

    // when
    commits.close();

    // then
    assertThat(producer.transactionAborted()).isTrue();
    assertThat(producer.closed()).isTrue();
  }

  @Test
  void shouldCompareWithTheAnswerOnTheOriginalOnceThoughViewsAreReadAgain() {
    // given: a transaction with an original and a view, which is aborted
    start();
    send(0, labeled(answer(7, 0, 3, 0), true));
    send(1, labeled(answer(7, 1, 0, 3), false));
    commits.abort(new TimeoutException("no leader"));
    assertThat(augmented("teacher.augmentation.views")).isZero();

    // when: both are read again, and the rest of the image in a transaction of its own
    start();
    send(0, labeled(answer(7, 0, 0, 3), false));
    send(1, labeled(answer(7, 1, 0, 3), false));
    commits.commit(group);
    send(2, labeled(answer(7, 2, 3, 0), true));
    send(3, new CommittedCount.OverBudget(Instant.EPOCH));
    commits.commit(group);

    // then
    assertThat(meters.counter("teacher.augmentation.views", tags("original")).count()).isOne();
    assertThat(meters.get("teacher.augmentation.divergence").tags(tags("original")).summary())
        .satisfies(compared -> assertThat(compared.count()).isZero());
    assertThat(augmented("teacher.augmentation.views")).isEqualTo(2);
    assertThat(augmented("teacher.augmentation.agreements")).isOne();
    assertThat(augmented("teacher.augmentation.known.class")).isEqualTo(2);
    assertThat(augmented("teacher.augmentation.correct")).isOne();
    DistributionSummary divergence =
        meters.get("teacher.augmentation.divergence").tags(tags("augmented")).summary();
    assertThat(divergence.count()).isEqualTo(2);
    // (p - q) ln(p / q), with p / q = e^3
    assertThat(divergence.totalAmount()).isCloseTo(3 * Math.tanh(1.5), within(1e-9));
  }

  @Test
  void shouldCountButNotCompareAnswersOfPixels() {
    // given
    start();
    TeacherAnswer original = answer(7, 0, 3, 0);
    TeacherAnswer augmented = answer(7, 1, 3, 0);
    MaskTruth.Evaluation evaluation =
        new MaskTruth.Evaluation(
            2,
            new SegmentationMask(1, 4, new byte[] {0, 0, 1, 1}),
            new SegmentationMask(1, 4, new byte[] {0, 0, 0, 1}),
            0.25);

    // when
    send(0, pixels(original, evaluation));
    send(1, pixels(augmented, evaluation));
    assertThat(meters.get("teacher.mean.iou").gauge().value()).isNaN();
    commits.commit(group);

    // then
    assertThat(meters.get("teacher.pixel.accuracy").gauge().value()).isEqualTo(0.75);
    assertThat(meters.get("teacher.loss").gauge().value()).isEqualTo(0.25);
    assertThat(meters.get("teacher.accuracy").gauge().value()).isNaN();
    assertThat(augmented("teacher.augmentation.views")).isOne();
    assertThat(augmented("teacher.augmentation.known.class")).isZero();
    assertThat(
            meters.get("teacher.augmentation.divergence").tags(tags("augmented")).summary().count())
        .isZero();
  }

  private static CommittedCount.Labeled pixels(
      TeacherAnswer answer, MaskTruth.Evaluation evaluation) {
    return new CommittedCount.Labeled(
        Instant.EPOCH,
        Optional.of(evaluation),
        new TeacherAnswer(answer.keys(), answer.lineage(), answer.teachers(), Optional.empty()));
  }

  private static CommittedCount.Labeled labeled(TeacherAnswer answer, boolean correct) {
    return new CommittedCount.Labeled(
        Instant.EPOCH, Optional.of(new GroundTruth.Evaluation(Optional.of(correct), 1)), answer);
  }

  private double augmented(String counter) {
    return meters.counter(counter, tags("augmented")).count();
  }

  private static Tags tags(String operation) {
    return Tags.of("operation", operation, "strength", "any");
  }

  private void start() {
    commits.open();
    commits.resume();
  }

  private void send(long offset) {
    send(offset, new CommittedCount.OverBudget(Instant.EPOCH));
  }

  private void send(long offset, CommittedCount count) {
    commits.send(
        new ConsumerRecord<>("views", 0, offset, null, new byte[0]),
        new EncodedResult(new ProducerRecord<>("labeled-views", new byte[0]), count));
  }
}
