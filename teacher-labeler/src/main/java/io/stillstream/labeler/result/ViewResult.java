package io.stillstream.labeler.result;

import io.stillstream.schemas.answer.HalfPrecision;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.schemas.answer.OutputShape;
import java.util.Locale;

/** The result of inference for one view: an answer, or the reason why there is none. */
public sealed interface ViewResult {
  /** A row as {@link OutputShape} has it; all finite in the precision of its record. Not copied. */
  @SuppressWarnings("ArrayRecordComponent") // a copy per view would cost more than it protects
  record Labeled(float[] answer) implements ViewResult {}

  /** The result that a teacher's answer is, if its record can hold it. */
  static ViewResult of(float[] answer, OutputShape output) {
    float largest =
        output.task() == ModelTask.CLASSIFICATION ? Float.MAX_VALUE : HalfPrecision.MAX_VALUE;
    for (int i = 0; i < answer.length; i++) {
      // NaN, too.
      if (!(Math.abs(answer[i]) <= largest)) {
        String problem = "%s is %s".formatted(number(i, output), answer[i]);
        return Float.isFinite(answer[i])
            ? new Rejected(
                Reason.OVERFLOW, problem + ", half precision ends at ±%.0f".formatted(largest))
            : new Rejected(Reason.NON_FINITE, problem);
      }
    }
    if (output.task() == ModelTask.EMBEDDING && isZero(answer)) {
      return new Rejected(
          Reason.ZERO_EMBEDDING,
          "the embedding has no direction: all of it is 0 in half precision");
    }
    return new Labeled(answer);
  }

  private static boolean isZero(float[] embedding) {
    for (float value : embedding) {
      if (!HalfPrecision.isZero(value)) {
        return false;
      }
    }
    return true;
  }

  private static String number(int index, OutputShape output) {
    return switch (output.task()) {
      case CLASSIFICATION -> "the logit of class " + index;
      case SEGMENTATION ->
          "the logit of class %d in row %d, column %d"
              .formatted(
                  index / output.cells(),
                  index % output.cells() / output.width(),
                  index % output.width());
      case EMBEDDING -> "dimension " + index + " of the embedding";
    };
  }

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
    /** The teacher computed a number beyond the half precision of the record. */
    OVERFLOW,
    /** The teacher computed an embedding of zeros, or several teachers some that cancel out. */
    ZERO_EMBEDDING,
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
