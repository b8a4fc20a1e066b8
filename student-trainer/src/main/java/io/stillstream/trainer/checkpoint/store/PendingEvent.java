package io.stillstream.trainer.checkpoint.store;

import java.util.Map;

/**
 * Something that happened to the student, of which no broker is known to have the event yet.
 *
 * @param kind name of a {@code StudentEventKind}
 * @param step optimiser step at which it happened; with student and kind it identifies the event
 * @param viewsSeen fresh views trained on by then
 * @param details facts by name
 * @param occurredAt milliseconds since the epoch
 */
public record PendingEvent(
    String kind, long step, long viewsSeen, Map<String, String> details, long occurredAt) {
  public PendingEvent {
    details = Map.copyOf(details);
  }
}
