package io.stillstream.labeler.result;

import java.util.Locale;

/** The result of inference for one view: logits, or the reason why there are none. */
public sealed interface ViewResult {
  /** Logits, shape [K], all finite; not copied. */
  @SuppressWarnings("ArrayRecordComponent") // a copy per view would cost more than it protects
  record Labeled(float[] logits) implements ViewResult {}

  /** No label, because the budget does not cover the view. */
  record OverBudget() implements ViewResult {}

  /** No label, now or later; the message is one line. */
  record Rejected(Reason reason, String message) implements ViewResult {}

  /** Why a view is rejected. A closed list: it is a metric's tag. */
  enum Reason {
    /** The record has no value. */
    EMPTY,
    /** The value is not an Avro record. */
    MALFORMED,
    /** The value is a record of another type. */
    WRONG_TYPE,
    /** The pixels cannot be decoded. */
    PIXELS,
    /** Height, width or channels are not those of the teacher. */
    SHAPE,
    /** The teacher computed NaN or an infinity. */
    NON_FINITE,
    /** The teacher failed on this view alone. */
    INFERENCE,
    /** The process has died while the teacher inferred this view alone. */
    CRASH,
    /** The program failed unexpectedly on this view. */
    FAILED,
    /** The labelled view would be larger than its topic accepts. */
    TOO_LARGE;

    /** As in metrics and headers. */
    public String tag() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
