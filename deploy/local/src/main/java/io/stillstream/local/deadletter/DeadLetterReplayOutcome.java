package io.stillstream.local.deadletter;

/**
 * What becomes of one dead letter.
 *
 * @param why in words; empty where there is nothing to say
 */
public record DeadLetterReplayOutcome(DeadLetterRecord letter, Status status, String why) {
  /** In a few words, as reports count them. */
  public enum Status {
    /** Sent back, or would be in a dry run. */
    REPLAYED,
    /** It, or a copy of it, was sent back earlier. */
    ALREADY,
    /** It came back too often. */
    LIMIT,
    /** It refers to a record that is gone. */
    LOST,
    /** Its topic is not known, not allowed, or too small for it. */
    REFUSED
  }
}
