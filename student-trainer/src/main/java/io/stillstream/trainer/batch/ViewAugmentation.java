package io.stillstream.trainer.batch;

import io.stillstream.runtime.augmentation.AnswerShift;
import io.stillstream.runtime.augmentation.OperationStrength;
import java.util.List;
import java.util.Optional;

/**
 * A view's operations, and what they did to the teacher's answer.
 *
 * @param keys of the operations and their strengths
 * @param teacher the teacher's answer compared with its answer on view 0, where both are known
 * @param correct whether the teacher's class is the label; empty without a teacher, and without a
 *     label of one class
 */
public record ViewAugmentation(
    List<OperationStrength> keys, Optional<AnswerShift> teacher, Optional<Boolean> correct) {
  /** Of a view whose operations are not known: it counts for none. */
  public static final ViewAugmentation UNKNOWN =
      new ViewAugmentation(List.of(), Optional.empty(), Optional.empty());
}
