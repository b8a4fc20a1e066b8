package io.stillstream.labeler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.labeler.inference.BatchTaskFactory;
import io.stillstream.labeler.inference.BrokenTeacherException;
import io.stillstream.labeler.inference.FakeBatchTaskFactory;
import io.stillstream.labeler.inference.InferencePipeline;
import io.stillstream.labeler.input.BatchingConsumer;
import io.stillstream.labeler.input.DynamicBatcher;
import io.stillstream.labeler.membership.GroupMember;
import io.stillstream.labeler.metrics.MicrometerLabelerMetrics;
import io.stillstream.labeler.output.CommitController;
import io.stillstream.labeler.output.PendingCommit;
import io.stillstream.labeler.output.TransactionalProducer;
import io.stillstream.runtime.access.AccessMonitor;
import io.stillstream.runtime.kafka.OffsetResetPolicy;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LabelerLoopTest {
  private static final TopicPartition P0 = new TopicPartition("views", 0);
  private static final TopicPartition P1 = new TopicPartition("views", 1);

  private final SubscribedConsumer consumer = new SubscribedConsumer();
  private final List<MockProducer<byte[], byte[]>> producers = new CopyOnWriteArrayList<>();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final MicrometerLabelerMetrics metrics = new MicrometerLabelerMetrics(meters, 3);
  private final AccessMonitor access =
      new AccessMonitor(Map.of("bootstrap.servers", "localhost:1"), List.of());
  private final AtomicInteger inferences = new AtomicInteger();
  private final BatchingConsumer batching =
      new BatchingConsumer(
          consumer,
          OffsetResetPolicy.takeFrom(new HashMap<>()),
          "views",
          new DynamicBatcher(3, Duration.ofMillis(5), System::nanoTime),
          metrics);
  private BatchTaskFactory labeler = new Echo();
  private Duration commitInterval = Duration.ofMinutes(1);
  private InferencePipeline pipeline;
  private LabelerLoop loop;
  private Thread thread;
  private CompletableFuture<Void> running;

  @AfterEach
  void stop() {
    if (running != null && !running.isDone()) {
      loop.stop();
      running.join();
    }
    if (pipeline != null) {
      pipeline.close();
    }
    access.close();
  }

  @Test
  void shouldCommitSeveralBatchesInOneTransaction() {
    // given
    assign(P0);
    records(P0, 0, 7);
    start();
    await().until(() -> sent(0).size() == 7);

    // then
    assertThat(producers.get(0).commitCount()).isZero();
    assertThat(meters.counter("teacher.views").count()).isZero();

    // when
    loop.stop();
    running.join();

    // then
    assertThat(producers.get(0).commitCount()).isEqualTo(1);
    assertThat(committed(0)).containsExactly(Map.entry(P0, 7L));
    assertThat(meters.counter("teacher.views").count()).isEqualTo(7);
    assertThat(consumer.closed()).isTrue();
  }

  @Test
  void shouldCommitWhenTheIntervalIsOverWhileTheTeacherIsBusy() {
    // given
    commitInterval = Duration.ofMillis(20);
    CountDownLatch busy = new CountDownLatch(1);
    labeler = new Echo(() -> inferences.get() == 2 && !wait(busy));
    assign(P0);
    records(P0, 0, 6);

    // when
    start();

    // then
    await().until(() -> inferences.get() == 2 && producers.get(0).commitCount() == 1);
    assertThat(committed(0)).containsExactly(Map.entry(P0, 3L));
    busy.countDown();
  }

  @Test
  void shouldKeepPollingWhileTheTeacherIsBusy() {
    // given: as many batches as fit into the pipeline, and one that waits
    CountDownLatch busy = new CountDownLatch(1);
    labeler = new Echo(() -> !wait(busy));
    assign(P0);
    records(P0, 0, 12);
    start();
    await()
        .until(
            () -> meters.get("teacher.batch.closed").tag("reason", "full").counter().count() == 3);
    AtomicInteger polls = new AtomicInteger();

    // when
    for (int i = 0; i < 5; i++) {
      consumer.schedulePollTask(
          () -> {
            assertThat(consumer.paused()).contains(P0);
            polls.incrementAndGet();
          });
    }

    // then
    await().until(() -> polls.get() == 5);
    busy.countDown();
    await().until(() -> sent(0).size() == 12);
    assertThat(running).isNotCompletedExceptionally();
  }

  @Test
  void shouldMakeANewProducerAndRewindWhenFenced() {
    // given
    assign(P0, P1);
    consumer.schedulePollTask(() -> consumer.commitSync(Map.of(P1, new OffsetAndMetadata(2))));
    records(P0, 0, 2);
    records(P1, 2, 2);
    start();
    await().until(() -> sent(0).size() == 4);

    // when: the next result is sent
    producers.get(0).fenceProducer();
    records(P0, 2, 1);
    await().until(() -> producers.size() == 2 && loop.status().brokerError().isEmpty());

    // then
    assertThat(producers.get(0).closed()).isTrue();
    assertThat(producers.get(0).history()).isEmpty();
    assertThat(producers.get(1).transactionInitialized()).isTrue();
    assertThat(consumer.position(P0)).isZero();
    assertThat(consumer.position(P1)).isEqualTo(2);

    // when
    records(P0, 0, 2);
    records(P1, 2, 2);
    await().until(() -> sent(1).size() == 4);
    loop.stop();
    running.join();

    // then
    assertThat(producers.get(1).commitCount()).isEqualTo(1);
    assertThat(producers.get(1).history()).hasSize(4);
    assertThat(committed(1)).containsOnly(Map.entry(P0, 2L), Map.entry(P1, 4L));
    assertThat(meters.counter("teacher.recoveries", "kind", "recreated").count()).isEqualTo(1);
    assertThat(meters.counter("teacher.views").count()).isEqualTo(4);
    double byOperation =
        meters.find("teacher.augmentation.views").counters().stream()
            .mapToDouble(Counter::count)
            .sum();
    assertThat(byOperation).isEqualTo(4);
  }

  @Test
  void shouldCommitWhatWasSentAndDropTheRestWhenPartitionsAreRevoked() {
    // given
    CountDownLatch busy = new CountDownLatch(1);
    labeler = new Echo(() -> inferences.get() == 2 && !wait(busy));
    assign(P0, P1);
    records(P0, 0, 3);
    start();
    await().until(() -> sent(0).size() == 3);
    records(P0, 3, 1);
    records(P1, 0, 2);
    await().until(() -> inferences.get() == 2);

    // when
    consumer.schedulePollTask(() -> consumer.listener.onPartitionsRevoked(List.of(P0)));
    await().until(() -> producers.get(0).commitCount() == 1);

    // then
    assertThat(committed(0)).containsExactly(Map.entry(P0, 3L));

    // when
    busy.countDown();
    await().until(() -> sent(0).size() == 2);
    loop.stop();
    running.join();

    // then
    assertThat(committed(0)).containsExactly(Map.entry(P1, 2L));
    assertThat(values(0))
        .containsExactly("views-0@0", "views-0@1", "views-0@2", "views-1@0", "views-1@1");
  }

  @Test
  void shouldAbortAndRewindWhenPartitionsAreLost() {
    // given
    assign(P0, P1);
    records(P0, 0, 2);
    records(P1, 0, 1);
    start();
    await().until(() -> sent(0).size() == 3);

    // when
    consumer.schedulePollTask(() -> consumer.listener.onPartitionsLost(List.of(P0)));
    await().until(() -> producers.get(0).transactionAborted() && consumer.position(P1) == 0);

    // then
    loop.stop();
    running.join();
    assertThat(producers.get(0).history()).isEmpty();
    assertThat(producers.get(0).commitCount()).isZero();
    assertThat(meters.counter("teacher.recoveries", "kind", "lost").count()).isEqualTo(1);
    assertThat(meters.counter("teacher.views").count()).isZero();
  }

  @Test
  void shouldWaitForTheRegistryWithoutRejectingAnything() {
    // given
    AtomicInteger outages = new AtomicInteger(3);
    labeler =
        new Echo(
            () -> {
              if (inferences.get() > 1 && outages.getAndDecrement() > 0) {
                throw new RegistryUnavailableException("away");
              }
              return false;
            });
    assign(P0);
    records(P0, 0, 3);
    start();
    await().until(() -> sent(0).size() == 3);

    // when
    records(P0, 3, 3);

    // then
    await().until(() -> loop.status().registryError().isPresent());
    assertThat(producers.get(0).commitCount()).isEqualTo(1);
    await().until(() -> sent(0).size() == 3);
    assertThat(loop.status().registryError()).isEmpty();
    loop.stop();
    running.join();
    assertThat(values(0))
        .isEqualTo(IntStream.range(0, 6).mapToObj(offset -> "views-0@" + offset).toList());
  }

  @Test
  void shouldCommitNothingBeyondABatchThatWaitsForTheRegistryWhenStopped() {
    // given
    labeler =
        new FakeBatchTaskFactory() {
          @Override
          public void preprocess(List<ConsumerRecord<byte[], byte[]>> records) {
            if (records.get(0).offset() == 3) {
              throw new RegistryUnavailableException("away");
            }
          }
        };
    assign(P0);
    records(P0, 0, 9);
    start();
    await().until(() -> loop.status().registryError().isPresent());

    // when
    loop.stop();
    running.join();

    // then
    assertThat(committed(0)).containsExactly(Map.entry(P0, 3L));
    assertThat(values(0)).containsExactly("views-0@0", "views-0@1", "views-0@2");
    assertThat(meters.counter("teacher.views").count()).isEqualTo(3);
  }

  @Test
  void shouldFetchNoMoreThanThePipelineAndABatchHold() {
    // given
    CountDownLatch busy = new CountDownLatch(1);
    labeler = new Echo(() -> !wait(busy));
    assign(P0);
    for (int from = 0; from < 30; from += 3) {
      records(P0, from, 3);
    }

    // when
    start();
    await().until(() -> consumer.paused().contains(P0) || batching.isFull());
    long polledAt = loop.status().polledAt();
    await().until(() -> loop.status().polledAt() - polledAt > 0);

    // then
    assertThat(meters.get("teacher.queue.pending").gauge().value()).isBetween(9.0, 12.0);
    assertThat(sent(0)).isEmpty();

    // when
    busy.countDown();

    // then
    await().until(() -> sent(0).size() == 30);
  }

  @Test
  void shouldSendAndCommitEverythingPolledWhenStopped() {
    // given
    CountDownLatch busy = new CountDownLatch(1);
    labeler = new Echo(() -> !wait(busy));
    assign(P0);
    records(P0, 0, 14);
    start();
    await().until(() -> inferences.get() == 1);

    // when
    loop.stop();
    busy.countDown();
    running.join();

    // then
    assertThat(committed(0)).containsExactly(Map.entry(P0, 14L));
    assertThat(values(0))
        .isEqualTo(IntStream.range(0, 14).mapToObj(offset -> "views-0@" + offset).toList());
  }

  @Test
  void shouldDropWhatIsInFlightWhenItRewinds() {
    // given
    CountDownLatch busy = new CountDownLatch(1);
    labeler = new Echo(() -> inferences.get() == 2 && !wait(busy));
    assign(P0);
    records(P0, 0, 9);
    start();
    await().until(() -> inferences.get() == 2 && sent(0).size() == 3);

    // when
    consumer.schedulePollTask(() -> consumer.listener.onPartitionsLost(List.of(P1)));
    await().until(() -> consumer.position(P0) == 0 && loop.status().brokerError().isEmpty());
    busy.countDown();
    records(P0, 0, 9);
    await().until(() -> sent(0).size() == 9);
    loop.stop();
    running.join();

    // then
    assertThat(values(0))
        .isEqualTo(IntStream.range(0, 9).mapToObj(offset -> "views-0@" + offset).toList());
    assertThat(meters.counter("teacher.views").count()).isEqualTo(9);
  }

  @Test
  void shouldLabelNothingWhenStoppedBeforeTheSchemaIsRegistered() {
    // given
    labeler =
        new FakeBatchTaskFactory() {
          @Override
          public void infer(List<ConsumerRecord<byte[], byte[]>> records) {
            inferences.incrementAndGet();
          }

          @Override
          public void registerSchema() {
            throw new RegistryUnavailableException("away");
          }
        };
    assign(P0);
    records(P0, 0, 6);
    start();
    await().until(() -> loop.status().registryError().isPresent());

    // when
    loop.stop();
    running.join();

    // then
    assertThat(inferences).hasValue(0);
    assertThat(producers.get(0).commitCount()).isZero();
  }

  @Test
  void shouldEndAndCommitNothingMoreWhenTheTeacherIsBroken() {
    // given
    labeler =
        new Echo(
            () -> {
              if (inferences.get() == 2) {
                throw new BrokenTeacherException("the device has gone", null);
              }
              return false;
            });
    assign(P0);
    records(P0, 0, 9);

    // when
    start();

    // then
    assertThatExceptionOfType(CompletionException.class)
        .isThrownBy(() -> running.join())
        .withCauseInstanceOf(BrokenTeacherException.class);
    assertThat(inferences).hasValueLessThan(4);
    assertThat(producers.get(0).commitCount()).isZero();
    assertThat(producers.get(0).history()).isEmpty();
    assertThat(producers.get(0).closed()).isTrue();
    assertThat(consumer.closed()).isTrue();
  }

  @Test
  void shouldFailWhenInterruptedWithoutARequestToStop() {
    // given
    CountDownLatch busy = new CountDownLatch(1);
    labeler = new Echo(() -> inferences.get() == 2 && !wait(busy));
    assign(P0);
    records(P0, 0, 15);
    start();
    await().until(() -> inferences.get() == 2 && batching.isFull());

    // when
    thread.interrupt();

    // then
    assertThatExceptionOfType(CompletionException.class)
        .isThrownBy(() -> running.join())
        .withMessageContaining("interrupted without having been told to stop");
    assertThat(producers.get(0).commitCount()).isZero();
    assertThat(consumer.closed()).isTrue();
  }

  @Test
  void shouldRetryUntilAccessIsAllowedAgain() {
    // given
    commitInterval = Duration.ZERO;
    assign(P0);
    start();
    await().until(() -> producers.size() == 1 && loop.status().schemaRegistered());
    MockProducer<byte[], byte[]> producer = producers.get(0);

    // when
    producer.commitTransactionException = new TopicAuthorizationException("labeled-views");
    records(P0, 0, 1);
    await().until(() -> meters.counter("teacher.recoveries", "kind", "aborted").count() == 1);
    await().until(() -> consumer.position(P0) == 0 && loop.status().brokerError().isEmpty());

    // then
    assertThat(running).isNotDone();
    assertThat(producer.history()).isEmpty();

    // when
    producer.commitTransactionException = null;
    records(P0, 0, 1);

    // then
    await().until(() -> producer.commitCount() == 1);
    assertThat(values(0)).containsExactly("views-0@0");
    assertThat(producers).hasSize(1);
  }

  private void assign(TopicPartition... partitions) {
    List<TopicPartition> all = List.of(partitions);
    consumer.schedulePollTask(
        () -> {
          all.forEach(partition -> consumer.updateBeginningOffsets(Map.of(partition, 0L)));
          consumer.rebalance(all);
        });
  }

  private void records(TopicPartition partition, int from, int count) {
    consumer.schedulePollTask(
        () -> {
          for (int offset = from; offset < from + count; offset++) {
            consumer.addRecord(
                new ConsumerRecord<>(
                    partition.topic(), partition.partition(), offset, null, new byte[0]));
          }
        });
  }

  private void start() {
    TransactionalProducer output =
        new TransactionalProducer(
            () -> {
              producers.add(
                  new MockProducer<>(
                      true, null, new ByteArraySerializer(), new ByteArraySerializer()));
              return producers.get(producers.size() - 1);
            });
    CommitController commits =
        new CommitController(
            output,
            new PendingCommit(commitInterval, System::nanoTime),
            metrics,
            InstantSource.system());
    pipeline = new InferencePipeline(labeler, 1, 1);
    GroupMember member =
        new GroupMember(batching, commits, Duration.ofMillis(10), System::nanoTime);
    loop = new LabelerLoop(batching, pipeline, commits, member, access, metrics);
    running =
        CompletableFuture.runAsync(
            loop,
            command -> {
              thread = new Thread(command, "loop");
              thread.start();
            });
  }

  private List<ProducerRecord<byte[], byte[]>> sent(int producer) {
    return producers.size() <= producer ? List.of() : producers.get(producer).uncommittedRecords();
  }

  private List<String> values(int producer) {
    return producers.get(producer).history().stream()
        .map(record -> new String(record.value(), UTF_8))
        .toList();
  }

  /** The offsets of the last transaction. */
  private Map<TopicPartition, Long> committed(int producer) {
    List<Map<String, Map<TopicPartition, OffsetAndMetadata>>> history =
        producers.get(producer).consumerGroupOffsetsHistory();
    return history.get(history.size() - 1).values().iterator().next().entrySet().stream()
        .collect(
            java.util.stream.Collectors.toMap(
                Map.Entry::getKey, entry -> entry.getValue().offset()));
  }

  private static boolean wait(CountDownLatch latch) {
    try {
      return latch.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** A consumer whose rebalance listener a test can call. */
  private static final class SubscribedConsumer extends MockConsumer<byte[], byte[]> {
    private volatile ConsumerRebalanceListener listener;

    private SubscribedConsumer() {
      super("earliest");
    }

    @Override
    public synchronized void subscribe(
        Collection<String> topics, ConsumerRebalanceListener rebalanceListener) {
      listener = rebalanceListener;
      super.subscribe(topics, rebalanceListener);
    }
  }

  /** Answers each record with its coordinates, after something else has happened. */
  private final class Echo extends FakeBatchTaskFactory {
    private final BooleanSupplier before;

    private Echo() {
      this(() -> false);
    }

    private Echo(BooleanSupplier before) {
      this.before = before;
    }

    @Override
    public void infer(List<ConsumerRecord<byte[], byte[]>> records) {
      inferences.incrementAndGet();
      assertThat(before.getAsBoolean()).isFalse();
    }
  }
}
