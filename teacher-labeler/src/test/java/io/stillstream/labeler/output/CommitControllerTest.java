package io.stillstream.labeler.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.labeler.metrics.MicrometerLabelerMetrics;
import io.stillstream.labeler.result.EncodedResult;
import io.stillstream.labeler.result.EncodedResult.CommittedCount;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
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
  }

  @Test
  void shouldCommitNothingWithoutATransaction() {
    // given
    start();

    // when
    commits.commit(group);

    // then
    assertThat(producer.commitCount()).isZero();
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

  private void start() {
    commits.open();
    commits.resume();
  }

  private void send(long offset) {
    commits.send(
        new ConsumerRecord<>("views", 0, offset, null, new byte[0]),
        new EncodedResult(
            new ProducerRecord<>("labeled-views", new byte[0]),
            new CommittedCount.OverBudget(Instant.EPOCH)));
  }
}
