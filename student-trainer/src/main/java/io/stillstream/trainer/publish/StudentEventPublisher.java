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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  private final String topic;
  private final AsyncRecordSender sender;
  private final InstantSource clock;
  private final List<UnconfirmedEvent> waiting = new ArrayList<>();
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
    this.topic = topic;
    this.sender = sender;
    this.clock = clock;
    undelivered.forEach(event -> waiting.add(new UnconfirmedEvent(event, Optional.empty())));
    pending = waiting.size();
    Gauge.builder("student.events.pending", this, events -> events.pending)
        .description("Events that no broker has yet; checkpoints hold them")
        .register(registry);
    dropped =
        Counter.builder("student.events.dropped")
            .description("Events that cannot be sent as they are, too large or unwritable")
            .register(registry);
  }

  private record UnconfirmedEvent(PendingEvent event, Optional<AsyncRecordSender.SendResult> sent) {
    boolean isDelivered() {
      return sent.isPresent() && sent.get().isDelivered();
    }

    boolean isRefused() {
      return sent.isPresent() && sent.get().isRefused();
    }

    boolean isSending() {
      return sent.isPresent() && !sent.get().isDone();
    }
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
    // A topic that fails is tried with one event at a time.
    waiting.add(
        new UnconfirmedEvent(event, sender.isFailing(topic) ? Optional.empty() : send(event)));
    pending = waiting.size();
  }

  /** Sends once more what did not arrive; the oldest alone while the topic fails. Never waits. */
  public void retry() {
    confirmDeliveries();
    boolean isFailing = sender.isFailing(topic);
    if (isFailing && waiting.stream().anyMatch(UnconfirmedEvent::isSending)) {
      return;
    }
    for (int i = 0; i < waiting.size(); i++) {
      PendingEvent event = waiting.get(i).event;
      if (!waiting.get(i).isSending()) {
        Optional<AsyncRecordSender.SendResult> sent = send(event);
        waiting.set(i, new UnconfirmedEvent(event, sent));
        if (isFailing || sent.isEmpty()) {
          return;
        }
      }
    }
  }

  /** The events that no broker is known to have, oldest first. */
  public List<PendingEvent> undelivered() {
    confirmDeliveries();
    return waiting.stream().map(UnconfirmedEvent::event).toList();
  }

  /** Forgets what a broker has, and what none will ever take. */
  private void confirmDeliveries() {
    waiting.removeIf(UnconfirmedEvent::isDelivered);
    List<UnconfirmedEvent> refused = waiting.stream().filter(UnconfirmedEvent::isRefused).toList();
    for (UnconfirmedEvent each : refused) {
      LOG.atError()
          .addKeyValue("kind", each.event.kind())
          .addKeyValue("step", each.event.step())
          .addKeyValue("details", each.event.details())
          .log("An event cannot be sent as it is and is dropped");
      dropped.increment();
      sender.gaveUp(topic);
    }
    waiting.removeAll(refused);
    pending = waiting.size();
  }

  private Optional<AsyncRecordSender.SendResult> send(PendingEvent event) {
    StudentEvent value =
        StudentEvent.newBuilder()
            .setStudent(student)
            .setKind(StudentEventKind.valueOf(event.kind()))
            .setStep(event.step())
            .setViewsSeen(event.viewsSeen())
            .setDetails(event.details())
            .setOccurredAt(Instant.ofEpochMilli(event.occurredAt()))
            .build();
    return sender.offer(topic, student.getBytes(UTF_8), value);
  }
}
