package io.stillstream.trainer.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.schemas.StudentEvent;
import io.stillstream.schemas.StudentEventKind;
import io.stillstream.trainer.checkpoint.store.PendingEvent;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes events of the student. Each is sent at once, and again until a broker has it;
 * checkpoints contain those that no broker has, so a crash loses none. A crash may repeat some:
 * they are equal in student, kind and step. An event that can never be sent is dropped, logged and
 * counted. Nothing here waits. Belongs to the loop's thread.
 */
public final class StudentEventPublisher {
  private static final Logger LOG = LoggerFactory.getLogger(StudentEventPublisher.class);

  private final String student;
  private final InstantSource clock;
  private final UnconfirmedRecords<PendingEvent> waiting;
  private final Counter dropped;

  /** Size of {@link #waiting}, for other threads. */
  private volatile int pending;

  /**
   * @param undelivered events in the checkpoint that training continues from
   */
  public StudentEventPublisher(
      String student,
      String topic,
      AsyncRecordSender sender,
      InstantSource clock,
      List<PendingEvent> undelivered,
      MeterRegistry registry) {
    this.student = student;
    this.clock = clock;
    this.waiting =
        new UnconfirmedRecords<>(
            topic, sender, Integer.MAX_VALUE, event -> student.getBytes(UTF_8), this::value);
    waiting.restore(undelivered);
    pending = waiting.size();
    Gauge.builder("student.events.pending", this, events -> events.pending)
        .description("Events that no broker has yet; checkpoints hold them")
        .register(registry);
    dropped =
        Counter.builder("student.events.dropped")
            .description("Events that cannot be sent as they are, too large or unwritable")
            .register(registry);
  }

  /** Publishes an event that has just happened. */
  public void publish(
      StudentEventKind kind, long step, long viewsSeen, Map<String, String> details) {
    PendingEvent event =
        new PendingEvent(kind.name(), step, viewsSeen, details, clock.instant().toEpochMilli());
    LOG.atInfo()
        .addKeyValue("kind", kind)
        .addKeyValue("step", step)
        .addKeyValue("details", details)
        .log("Student event");
    waiting.add(event);
    pending = waiting.size();
  }

  /** Sends once more what did not arrive; the oldest alone while the topic fails. Never waits. */
  public void retry() {
    confirmDeliveries();
    waiting.resend();
  }

  /** The events that no broker is known to have, oldest first. */
  public List<PendingEvent> undelivered() {
    confirmDeliveries();
    return waiting.records();
  }

  /** Forgets what a broker has, and what none will ever take. */
  private void confirmDeliveries() {
    for (PendingEvent refused : waiting.settle().refused()) {
      LOG.atError()
          .addKeyValue("kind", refused.kind())
          .addKeyValue("step", refused.step())
          .addKeyValue("details", refused.details())
          .log("An event cannot be sent as it is and is dropped");
      dropped.increment();
    }
    pending = waiting.size();
  }

  private StudentEvent value(PendingEvent event) {
    return StudentEvent.newBuilder()
        .setStudent(student)
        .setKind(StudentEventKind.valueOf(event.kind()))
        .setStep(event.step())
        .setViewsSeen(event.viewsSeen())
        .setDetails(event.details())
        .setOccurredAt(Instant.ofEpochMilli(event.occurredAt()))
        .build();
  }
}
