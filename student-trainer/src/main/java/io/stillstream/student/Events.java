package io.stillstream.student;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stillstream.runtime.RecordWriter;
import io.stillstream.schemas.StudentEvent;
import io.stillstream.schemas.StudentEventKind;
import io.stillstream.student.checkpoint.PendingEvent;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events about the student, on their way to brokers. Each is sent at once, and again until a broker
 * has it; checkpoints hold those that none has, so a crash loses none. It may repeat some: student,
 * kind and step tell. Belongs to the loop's thread.
 */
final class Events {
  private static final Logger LOG = LoggerFactory.getLogger(Events.class);

  private final String student;
  private final String topic;
  private final RecordWriter<Object> writer;
  private final Outbox outbox;
  private final InstantSource clock;
  private final List<Waiting> waiting = new ArrayList<>();

  /**
   * @param undelivered of the checkpoint that training goes on from
   */
  Events(
      String student,
      String topic,
      RecordWriter<Object> writer,
      Outbox outbox,
      InstantSource clock,
      List<PendingEvent> undelivered) {
    this.student = student;
    this.topic = topic;
    this.writer = writer;
    this.outbox = outbox;
    this.clock = clock;
    undelivered.forEach(event -> waiting.add(new Waiting(event, Optional.empty())));
  }

  private record Waiting(PendingEvent event, Optional<Outbox.Sent> sent) {
    boolean isDelivered() {
      return sent.isPresent() && sent.get().isDelivered();
    }

    boolean isUnderWay() {
      return sent.isPresent() && !sent.get().isDone();
    }
  }

  /** Tells of something that has just happened. */
  void tell(StudentEventKind kind, long step, long viewsSeen, Map<String, String> details) {
    PendingEvent event =
        new PendingEvent(kind.name(), step, viewsSeen, details, clock.instant().toEpochMilli());
    LOG.atInfo()
        .addKeyValue("kind", kind)
        .addKeyValue("step", step)
        .addKeyValue("details", details)
        .log("Something happened to the student");
    waiting.add(new Waiting(event, send(event)));
  }

  /** Sends once more what did not arrive. */
  void retry() {
    waiting.removeIf(Waiting::isDelivered);
    waiting.replaceAll(
        waits -> waits.isUnderWay() ? waits : new Waiting(waits.event, send(waits.event)));
  }

  /** The events that no broker is known to have, oldest first. */
  List<PendingEvent> undelivered() {
    waiting.removeIf(Waiting::isDelivered);
    return waiting.stream().map(Waiting::event).toList();
  }

  private Optional<Outbox.Sent> send(PendingEvent event) {
    StudentEvent value =
        StudentEvent.newBuilder()
            .setStudent(student)
            .setKind(StudentEventKind.valueOf(event.kind()))
            .setStep(event.step())
            .setViewsSeen(event.viewsSeen())
            .setDetails(event.details())
            .setOccurredAt(Instant.ofEpochMilli(event.occurredAt()))
            .build();
    try {
      return Optional.of(outbox.begin(topic, student.getBytes(UTF_8), writer.write(topic, value)));
    } catch (KafkaException e) {
      LOG.atDebug().addKeyValue("cause", e.toString()).log("An event could not be sent yet");
      return Optional.empty();
    }
  }
}
