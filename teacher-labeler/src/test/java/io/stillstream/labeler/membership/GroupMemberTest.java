package io.stillstream.labeler.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.labeler.input.BatchingConsumer;
import io.stillstream.labeler.input.ConsumedRecord;
import io.stillstream.labeler.input.DynamicBatcher;
import io.stillstream.labeler.metrics.MicrometerLabelerMetrics;
import io.stillstream.labeler.model.TeacherUnavailableException;
import io.stillstream.labeler.output.CommitController;
import io.stillstream.labeler.output.PendingCommit;
import io.stillstream.labeler.output.TransactionalProducer;
import io.stillstream.labeler.result.EncodedResult;
import io.stillstream.labeler.result.EncodedResult.CommittedCount;
import io.stillstream.runtime.kafka.OffsetResetPolicy;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GroupMemberTest {
  private static final TopicPartition P0 = new TopicPartition("views", 0);
  private static final TopicPartition P1 = new TopicPartition("views", 1);
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(1);

  /** Each look at the clock takes a millisecond, so that waits end. */
  private final AtomicLong nanos = new AtomicLong();

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final MicrometerLabelerMetrics metrics = new MicrometerLabelerMetrics(meters, 3);
  private final MockConsumer<byte[], byte[]> client = new MockConsumer<>("earliest");
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final BatchingConsumer consumer =
      new BatchingConsumer(
          client,
          OffsetResetPolicy.takeFrom(new HashMap<>()),
          "views",
          new DynamicBatcher(3, Duration.ofMinutes(1), this::nanoTime),
          metrics);
  private final CommitController commits =
      new CommitController(
          new TransactionalProducer(() -> producer),
          new PendingCommit(Duration.ofMinutes(1), this::nanoTime),
          metrics,
          InstantSource.system());
  private final RebalanceListener rebalances = new RebalanceListener(consumer, commits);
  private final GroupMember member = new GroupMember(consumer, commits, KEEP_ALIVE, this::nanoTime);

  @BeforeEach
  void join() {
    client.updateBeginningOffsets(Map.of(P0, 0L, P1, 0L));
    member.join();
    client.rebalance(List.of(P0, P1));
    member.recover();
  }

  @Test
  void shouldCommitWhatWasSentBeforePartitionsAreRevokedAndDropTheirRecords() {
    // given
    send(polled(P0, 0));
    client.addRecord(record(P0, 1));
    client.addRecord(record(P1, 0));
    member.poll(Duration.ZERO);
    assertThat(consumer.pending()).isEqualTo(2);

    // when
    rebalances.onPartitionsRevoked(List.of(P0));

    // then
    assertThat(producer.commitCount()).isEqualTo(1);
    assertThat(producer.consumerGroupOffsetsHistory().get(0).values())
        .containsExactly(Map.of(P0, new OffsetAndMetadata(1, Optional.empty(), "")));
    assertThat(consumer.drain())
        .extracting(held -> held.record().partition())
        .containsExactly(P1.partition());
    assertThat(commits.isSuspended()).isFalse();
  }

  @Test
  void shouldThrowAFailedCommitOfARevocationOnceAndNotWithinThePoll() {
    // given
    send(polled(P0, 0));
    producer.commitTransactionException = new TimeoutException("no coordinator");

    // when
    rebalances.onPartitionsRevoked(List.of(P0));

    // then
    assertThatThrownBy(rebalances::throwFailure).hasMessage("no coordinator");
    assertThatCode(rebalances::throwFailure).doesNotThrowAnyException();
  }

  @Test
  void shouldAbortWhenPartitionsAreLost() {
    // given
    ConsumedRecord record = polled(P0, 0);
    send(record);

    // when
    rebalances.onPartitionsLost(List.of(P0));

    // then
    assertThat(producer.transactionAborted()).isTrue();
    assertThat(commits.isSuspended()).isTrue();
    assertThat(consumer.isStale(record)).isTrue();
  }

  @Test
  void shouldRewindEveryPartitionWhenItRecovers() {
    // given
    ConsumedRecord record = polled(P0, 0);
    polled(P1, 0);
    polled(P1, 1);
    client.commitSync(Map.of(P1, new OffsetAndMetadata(1)));
    send(record);

    // when
    member.abort(new TimeoutException("no leader"));

    // then
    assertThat(member.status().brokerError()).contains("no leader");

    // when
    member.recover();

    // then
    assertThat(client.position(P0)).isZero();
    assertThat(client.position(P1)).isEqualTo(1);
    assertThat(consumer.isStale(record)).isTrue();
    assertThat(commits.isSuspended()).isFalse();
    assertThat(member.status().brokerError()).isEmpty();
  }

  @Test
  void shouldRepeatWorkWhileTheRegistryIsUnavailableAndCommitMeanwhile() {
    // given
    send(polled(P0, 0));
    List<Optional<String>> errors = new ArrayList<>();

    // when
    Optional<String> result =
        member.retryWhileAway(
            () -> {
              errors.add(member.status().registryError());
              return errors.size() < 3
                  ? CompletableFuture.failedFuture(new RegistryUnavailableException("refused"))
                  : CompletableFuture.completedFuture("done");
            });

    // then
    assertThat(result).contains("done");
    assertThat(errors)
        .containsExactly(Optional.empty(), Optional.of("refused"), Optional.of("refused"));
    assertThat(member.status().registryError()).isEmpty();
    assertThat(producer.commitCount()).isEqualTo(1);
  }

  @Test
  void shouldNotRepeatWorkWhenAStopIsRequested() {
    // given
    member.stop();

    // when
    Optional<Object> result =
        member.retryWhileAway(
            () -> CompletableFuture.failedFuture(new RegistryUnavailableException("refused")));

    // then
    assertThat(result).isEmpty();
    assertThat(member.status().registryError()).contains("refused");
  }

  @Test
  void shouldRepeatWorkWhileTheTeacherIsAwayAndCommitMeanwhile() {
    // given
    send(polled(P0, 0));
    List<Optional<String>> errors = new ArrayList<>();

    // when
    Optional<String> result =
        member.retryWhileAway(
            () -> {
              errors.add(member.status().teacherError());
              return errors.size() < 3
                  ? CompletableFuture.failedFuture(new TeacherUnavailableException("away"))
                  : CompletableFuture.completedFuture("done");
            });

    // then
    assertThat(result).contains("done");
    assertThat(errors).containsExactly(Optional.empty(), Optional.of("away"), Optional.of("away"));
    assertThat(member.status().teacherError()).isEmpty();
    assertThat(member.status().registryError()).isEmpty();
    assertThat(producer.commitCount()).isEqualTo(1);
  }

  @Test
  void shouldNotWaitForTheTeacherWhenAStopIsRequested() {
    // given: it has been away, and does not answer now
    List<CompletableFuture<String>> work =
        List.of(
            CompletableFuture.failedFuture(new TeacherUnavailableException("away")),
            new CompletableFuture<>());
    AtomicInteger begun = new AtomicInteger();

    // when
    Optional<String> result =
        member.retryWhileAway(
            () -> {
              int n = begun.getAndIncrement();
              if (n == 1) {
                member.stop();
              }
              return work.get(n);
            });

    // then
    assertThat(result).isEmpty();
    assertThat(begun).hasValue(2);
  }

  @Test
  void shouldThrowAnyOtherFailureOfWork() {
    // given
    IllegalArgumentException failure = new IllegalArgumentException("defect");

    // then
    assertThatThrownBy(() -> member.retryWhileAway(() -> CompletableFuture.failedFuture(failure)))
        .isSameAs(failure);
  }

  @Test
  void shouldFetchNothingWhileItWaits() {
    // given
    client.addRecord(record(P0, 0));
    List<Integer> paused = new ArrayList<>();
    client.schedulePollTask(() -> paused.add(client.paused().size()));
    long before = member.status().polledAt();

    // when
    member.idle(Duration.ofMillis(10));

    // then
    assertThat(paused).containsExactly(2);
    assertThat(client.paused()).isEmpty();
    assertThat(consumer.pending()).isZero();
    assertThat(member.status().polledAt()).isGreaterThan(before);
  }

  @Test
  void shouldPollForItsMembershipOnlyWhenThatIsDue() {
    // given
    member.poll(Duration.ZERO);
    long polledAt = member.status().polledAt();

    // when
    member.keepAliveIfDue();

    // then
    assertThat(member.status().polledAt()).isEqualTo(polledAt);

    // when
    nanos.addAndGet(KEEP_ALIVE.toNanos());
    member.keepAliveIfDue();

    // then
    assertThat(member.status().polledAt()).isGreaterThan(polledAt);
  }

  private ConsumedRecord polled(TopicPartition partition, long offset) {
    client.addRecord(record(partition, offset));
    member.poll(Duration.ZERO);
    return consumer.drain().get(0);
  }

  private void send(ConsumedRecord record) {
    commits.send(
        record.record(),
        new EncodedResult(
            new ProducerRecord<>("labeled-views", new byte[0]),
            new CommittedCount.OverBudget(Instant.EPOCH)));
  }

  private static ConsumerRecord<byte[], byte[]> record(TopicPartition partition, long offset) {
    return new ConsumerRecord<>(
        partition.topic(), partition.partition(), offset, null, new byte[0]);
  }

  private long nanoTime() {
    return nanos.addAndGet(1_000_000);
  }
}
