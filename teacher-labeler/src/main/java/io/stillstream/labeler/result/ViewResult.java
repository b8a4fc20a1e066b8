package io.stillstream.labeler.result;

/** What became of one view: logits, or the reason why there are none. */
public sealed interface ViewResult {
  /** Logits, shape [K], all finite. */
  final class Labeled implements ViewResult {
    private final float[] logits;

    /** Takes the array over, it does not copy. */
    public Labeled(float[] logits) {
      this.logits = logits;
    }

    public float[] logits() {
      return logits;
    }
  }

  /** No label, because the budget does not cover the view: it flows on without. */
  record OverBudget() implements ViewResult {}

  /** No label, now or ever; the message is one line. */
  record Rejected(Reason reason, String message) implements ViewResult {}

  /** Why a view is refused. A closed list: it is a metric's tag. */
  enum Reason {
    /** The record has no value. */
    EMPTY("empty"),
    /** The value is no record in Avro. */
    MALFORMED("malformed"),
    /** The value is a record, but no view. */
    WRONG_TYPE("wrong_type"),
    /** The pixels cannot be decoded. */
    PIXELS("pixels"),
    /** Height, width or channels are not those of the teacher. */
    SHAPE("shape"),
    /** The teacher answered with NaN or an infinity. */
    NON_FINITE("non_finite"),
    /** The teacher failed on this view alone. */
    INFERENCE("inference"),
    /** The process has died with this view alone in the teacher's hands. */
    CRASH("crash"),
    /** The program failed on this view in a way that no code foresees. */
    FAILED("failed"),
    /** The labelled view would be larger than its topic takes. */
    TOO_LARGE("too_large");

    private final String tag;

    Reason(String tag) {
      this.tag = tag;
    }

    /** As in metrics and headers. */
    public String tag() {
      return tag;
    }
  }
}
