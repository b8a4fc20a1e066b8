package io.stillstream.student;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.embedded.DevelopmentRegistry;
import io.stillstream.runtime.DeadLetters;
import io.stillstream.runtime.RecordReader;
import io.stillstream.runtime.RecordWriter;
import io.stillstream.schemas.StudentEvent;
import io.stillstream.schemas.StudentEventKind;
import io.stillstream.student.checkpoint.PendingEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventsTest {
  private static final Instant NOW = Instant.ofEpochMilli(1_700_000_000_000L);

  @TempDir Path directory;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
  private DevelopmentRegistry registry;
  private RecordWriter<Object> writer;

  @BeforeEach
  void open() throws IOException {
    registry = DevelopmentRegistry.start(directory.resolve("registry.json"), 0);
    writer = new RecordWriter<>(kafka(), meters);
  }

  @AfterEach
  void close() {
    writer.close();
    registry.close();
  }

  @Test
  void shouldSendAnEventAtOnceAndForgetItOnceABrokerHasIt() {
    // given
    Events events = events(List.of());

    // when
    events.tell(StudentEventKind.DRIFT, 12, 400, Map.of("signal", "disagreement"));

    // then
    assertThat(producer.history()).hasSize(1);
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
    Events events = events(List.of());
    events.tell(StudentEventKind.ROLLBACK, 12, 400, Map.of());
    events.retry();
    assertThat(producer.history()).hasSize(1);

    // when
    producer.errorNext(new TimeoutException("away"));
    assertThat(events.undelivered()).hasSize(1);
    events.retry();

    // then
    assertThat(producer.history()).hasSize(2);
    assertThat(sent(1)).isEqualTo(sent(0));
  }

  @Test
  void shouldSendWhatACheckpointHeldAsItHappenedThen() {
    // given
    PendingEvent old = new PendingEvent("TEACHER_CHANGED", 7, 90, Map.of("to", "b@2"), 5);
    Events events = events(List.of(old));

    // when
    events.retry();

    // then
    assertThat(events.undelivered()).containsExactly(old);
    assertThat(sent(0).getKind()).isEqualTo(StudentEventKind.TEACHER_CHANGED);
    assertThat(sent(0).getOccurredAt()).isEqualTo(Instant.ofEpochMilli(5));
  }

  @Test
  void shouldKeepAnEventWhileTheRegistryIsAway() {
    // given
    registry.close();
    Events events = events(List.of());

    // when
    events.tell(StudentEventKind.DRIFT, 12, 400, Map.of());

    // then
    assertThat(producer.history()).isEmpty();
    assertThat(events.undelivered()).hasSize(1);
  }

  private Events events(List<PendingEvent> undelivered) {
    Outbox outbox =
        new Outbox(
            producer,
            new DeadLetters("letters", "test", meters),
            Duration.ofMillis(50),
            new CountDownLatch(1));
    return new Events("cnn", "events", writer, outbox, InstantSource.fixed(NOW), undelivered);
  }

  private StudentEvent sent(int index) {
    try (RecordReader<StudentEvent> reader =
        new RecordReader<>(StudentEvent.class, kafka(), meters)) {
      return reader.read("events", new RecordHeaders(), producer.history().get(index).value());
    }
  }

  private Map<String, String> kafka() {
    return Map.of("schema.registry.url", registry.url().toString());
  }
}
