package io.stillstream.local.replay;

import io.stillstream.augmenter.fetch.ObjectRejection;
import java.util.Locale;

/**
 * What came of making a view again.
 *
 * @param status in a word
 * @param detail in a sentence
 */
public record ViewReplayOutcome(Status status, String detail) {
  /** The things that can come of it. */
  public enum Status {
    /** The same pixels, and the same mask if there is one. */
    EQUAL,
    /** Other pixels or another mask, or none. */
    DIFFERENT,
    /** The image or its partner is not where the view's lineage says. */
    LOST,
    /** The object of an image by reference is not there. */
    NOT_FOUND,
    /** It has another SHA-256 than the view's lineage says. */
    CHANGED,
    /** It is larger than the settings allow. */
    TOO_LARGE,
    /** The settings do not allow its address. */
    NOT_ALLOWED,
    /** Its store does not answer, or refuses access. */
    UNAVAILABLE;

    static Status of(ObjectRejection rejection) {
      return switch (rejection) {
        case NOT_FOUND -> NOT_FOUND;
        case CHANGED -> CHANGED;
        case TOO_LARGE -> TOO_LARGE;
        case NOT_ALLOWED -> NOT_ALLOWED;
      };
    }

    /** As reports have it. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
