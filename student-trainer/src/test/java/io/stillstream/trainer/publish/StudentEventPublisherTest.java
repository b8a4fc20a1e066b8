package io.stillstream.trainer.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.schemas.StudentEvent;
import io.stillstream.schemas.StudentEventKind;
import io.stillstream.trainer.checkpoint.store.PendingEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StudentEventPublisherTest {
  private static final Instant NOW = Instant.ofEpochMilli(1_700_000_000_000L);

  @TempDir Path directory;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
  private DevelopmentRegistry registry;
  private RecordValueSerializer<Object> writer;
  private AsyncRecordSender sender;

  @BeforeEach
  void open() throws IOException {
    registry = DevelopmentRegistry.start(directory.resolve("registry.json"), 0);
    writer = new RecordValueSerializer<>(kafka(), meters);
    sender =
        new AsyncRecordSender(
            writer, producer, List.of("events", "progress"), meters, Duration.ofSeconds(30));
  }

  @AfterEach
  void close() {
    sender.close();
    writer.close();
    registry.close();
  }

  @Test
  void shouldSendAnEventAtOnceAndForgetItOnceABrokerHasIt() {
    // given
    StudentEventPublisher events = events(List.of());

    // when
    events.publish(StudentEventKind.DRIFT, 12, 400, Map.of("signal", "disagreement"));

    // then
    awaitSent(1);
    assertThat(events.undelivered())
        .containsExactly(
            new PendingEvent(
                "DRIFT", 12, 400, Map.of("signal", "disagreement"), NOW.toEpochMilli()));
    StudentEvent sent = sent(0);
    assertThat(sent.getStudent()).isEqualTo("cnn");
    assertThat(sent.getKind()).isEqualTo(StudentEventKind.DRIFT);
    assertThat(sent.getStep()).isEqualTo(12);
    assertThat(sent.getViewsSeen()).isEqualTo(400);
    assertThat(sent.getDetails()).containsEntry("signal", "disagreement");
    assertThat(sent.getOccurredAt()).isEqualTo(NOW);

    // when
    producer.completeNext();
    events.retry();

    // then
    assertThat(events.undelivered()).isEmpty();
    assertThat(producer.history()).hasSize(1);
  }

  @Test
  void shouldSendAgainWhatFailedButNotWhatIsUnderWay() {
    // given
    StudentEventPublisher events = events(List.of());
    events.publish(StudentEventKind.ROLLBACK, 12, 400, Map.of());
    awaitSent(1);
    events.retry();
    assertThat(producer.history()).hasSize(1);

    // when
    producer.errorNext(new TimeoutException("away"));
    assertThat(events.undelivered()).hasSize(1);
    events.retry();

    // then
    awaitSent(2);
    assertThat(sent(1)).isEqualTo(sent(0));
  }

  @Test
  void shouldSendWhatACheckpointHeldAsItHappenedThen() {
    // given
    PendingEvent old = new PendingEvent("TEACHER_CHANGED", 7, 90, Map.of("to", "b@2"), 5);
    StudentEventPublisher events = events(List.of(old));

    // when
    events.retry();

    // then
    awaitSent(1);
    assertThat(events.undelivered()).containsExactly(old);
    assertThat(sent(0).getKind()).isEqualTo(StudentEventKind.TEACHER_CHANGED);
    assertThat(sent(0).getOccurredAt()).isEqualTo(Instant.ofEpochMilli(5));
  }

  @Test
  void shouldKeepAnEventWhileTheRegistryIsAway() {
    // given
    registry.close();
    StudentEventPublisher events = events(List.of());

    // when
    events.publish(StudentEventKind.DRIFT, 12, 400, Map.of());

    // then
    await().until(() -> sender.isFailing("events"));
    assertThat(producer.history()).isEmpty();
    assertThat(events.undelivered()).hasSize(1);
  }

  @Test
  void shouldNotWaitForATopicThatIsGoneAndTryItWithOneEventAtATime() throws Exception {
    // given: as Kafka's producer does, which waits for the topic and gives it up then
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch givenUp = new CountDownLatch(1);
    AtomicInteger tries = new AtomicInteger();
    AtomicBoolean isGone = new AtomicBoolean(true);
    MockProducer<byte[], byte[]> waiting =
        new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()) {
          @Override
          public synchronized Future<RecordMetadata> send(
              ProducerRecord<byte[], byte[]> record, Callback callback) {
            tries.incrementAndGet();
            asked.countDown();
            awaitUninterruptibly(givenUp);
            if (isGone.get()) {
              TimeoutException gone = new TimeoutException("Topic events not present in metadata");
              callback.onCompletion(null, gone);
              return CompletableFuture.failedFuture(gone);
            }
            return super.send(record, callback);
          }
        };
    try (AsyncRecordSender blocked =
        new AsyncRecordSender(writer, waiting, List.of("events"), meters, Duration.ofSeconds(30))) {
      StudentEventPublisher events = events(blocked, List.of());

      // when: nothing here returns before it is given up
      for (int step = 0; step < 300; step++) {
        events.publish(StudentEventKind.DRIFT, step, 400, Map.of());
      }
      asked.await();
      events.retry();

      // then
      assertThat(tries).hasValue(1);
      assertThat(events.undelivered()).hasSize(300);
      assertThat(meters.get("student.events.pending").gauge().value()).isEqualTo(300);

      // when
      givenUp.countDown();
      await().until(() -> blocked.isFailing("events"));
      await().until(() -> retried(events, tries) >= 3);

      // then
      assertThat(blocked.failure()).hasValue("{events=Topic events not present in metadata}");
      assertThat(events.undelivered()).hasSize(300);
      assertThat(meters.get("student.publish.failures").tag("topic", "events").counter().count())
          .isEqualTo(tries.get());

      // when: the topic is there again
      isGone.set(false);
      await().until(() -> retried(events, tries) > 0 && events.undelivered().isEmpty());

      // then: nothing is lost, and each came in the order in which it happened
      assertThat(waiting.history())
          .extracting(record -> read(record).getStep())
          .containsExactlyElementsOf(LongStream.range(0, 300).boxed().toList());
      assertThat(blocked.failure()).isEmpty();
      assertThat(meters.get("student.events.pending").gauge().value()).isZero();
    }
  }

  @Test
  void shouldDropAnEventThatIsTooLargeAndSendTheOthers() {
    // given
    StudentEventPublisher events = events(List.of());
    events.publish(StudentEventKind.DRIFT, 1, 400, Map.of());
    awaitSent(1);
    events.publish(StudentEventKind.ROLLBACK, 2, 400, Map.of());
    awaitSent(2);

    // when: the first is refused for its own sake, the second is not
    producer.errorNext(new RecordTooLargeException("The message is 2000000 bytes"));
    producer.errorNext(new TimeoutException("away"));
    events.retry();

    // then
    awaitSent(3);
    assertThat(sent(2).getStep()).isEqualTo(2);
    assertThat(events.undelivered()).extracting(PendingEvent::step).containsExactly(2L);
    assertThat(meters.get("student.events.dropped").counter().count()).isEqualTo(1);

    // when
    producer.completeNext();

    // then
    assertThat(events.undelivered()).isEmpty();
    assertThat(sender.failure()).isEmpty();
  }

  @Test
  void shouldNotCallATopicFailingForAnEventThatItDropped() {
    // given
    StudentEventPublisher events = events(List.of());
    events.publish(StudentEventKind.DRIFT, 1, 400, Map.of());
    awaitSent(1);

    // when
    producer.errorNext(new RecordTooLargeException("The message is 2000000 bytes"));

    // then
    assertThat(sender.failure()).isPresent();
    assertThat(events.undelivered()).isEmpty();
    assertThat(sender.failure()).isEmpty();
  }

  @Test
  void shouldSendAgainWhatAnErrorStopped() {
    // given: a program that runs out of stack or memory with the first record
    AtomicInteger tries = new AtomicInteger();
    MockProducer<byte[], byte[]> weak =
        new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()) {
          @Override
          public synchronized Future<RecordMetadata> send(
              ProducerRecord<byte[], byte[]> record, Callback callback) {
            switch (tries.incrementAndGet()) {
              case 1 -> throw new OutOfMemoryError("no room");
              case 2 -> throw new StackOverflowError();
              default -> {
                return super.send(record, callback);
              }
            }
          }
        };
    try (AsyncRecordSender weakly =
        new AsyncRecordSender(writer, weak, List.of("events"), meters, Duration.ofSeconds(30))) {
      StudentEventPublisher events = events(weakly, List.of());

      // when
      events.publish(StudentEventKind.DRIFT, 1, 400, Map.of());
      await().until(() -> weakly.isFailing("events"));

      // then
      assertThat(weakly.failure()).hasValue("{events=no room}");
      await().until(() -> retried(events, tries) >= 3 && events.undelivered().isEmpty());
      assertThat(weak.history()).hasSize(1);
      assertThat(weakly.failure()).isEmpty();
    }
  }

  private static int retried(StudentEventPublisher events, AtomicInteger tries) {
    events.retry();
    return tries.get();
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitSent(int records) {
    await().until(() -> producer.history().size() == records);
  }

  private StudentEventPublisher events(List<PendingEvent> undelivered) {
    return events(sender, undelivered);
  }

  private StudentEventPublisher events(AsyncRecordSender through, List<PendingEvent> undelivered) {
    return new StudentEventPublisher(
        "cnn", "events", through, InstantSource.fixed(NOW), undelivered, meters);
  }

  private StudentEvent sent(int index) {
    return read(producer.history().get(index));
  }

  private StudentEvent read(ProducerRecord<byte[], byte[]> record) {
    try (RecordValueDeserializer<StudentEvent> reader =
        new RecordValueDeserializer<>(StudentEvent.class, kafka(), meters)) {
      return reader.deserialize("events", new RecordHeaders(), record.value());
    }
  }

  private Map<String, String> kafka() {
    return Map.of("schema.registry.url", registry.url().toString());
  }
}
