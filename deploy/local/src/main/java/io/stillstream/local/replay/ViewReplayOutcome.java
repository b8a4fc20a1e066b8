package io.stillstream.local.replay;

/**
 * What came of making a view again.
 *
 * @param status in a word
 * @param detail in a sentence
 */
public record ViewReplayOutcome(Status status, String detail) {
  /** The three things that can come of it. */
  public enum Status {
    /** The same pixels, and the same mask if there is one. */
    EQUAL,
    /** Other pixels or another mask, or none. */
    DIFFERENT,
    /** The image or its partner is not where the view's lineage says. */
    LOST
  }
}
