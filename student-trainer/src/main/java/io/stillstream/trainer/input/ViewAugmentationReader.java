package io.stillstream.trainer.input;

import io.stillstream.runtime.augmentation.AnswerShift;
import io.stillstream.runtime.augmentation.OperationStrength;
import io.stillstream.runtime.augmentation.OriginalAnswers;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.values.Logits;
import io.stillstream.trainer.batch.ViewAugmentation;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.TrainingExample;
import java.util.List;
import java.util.Optional;

/**
 * Reads from labelled views what augmentation did to the teacher's answers, which it compares with
 * those on the originals before them. Only answers of a classification are compared: those of other
 * tasks may rightly change with the view. Not safe for more than one thread.
 */
final class ViewAugmentationReader {
  private final OriginalAnswers originals = new OriginalAnswers();

  /**
   * @param example the same view, as it was validated
   */
  ViewAugmentation read(LabeledView labelled, TrainingExample example) {
    AugmentedView view = labelled.getView();
    List<OperationStrength> keys = OperationStrength.of(view);
    float[] logits = example.classLogits();
    if (logits == null) {
      return new ViewAugmentation(keys, Optional.empty(), Optional.empty());
    }
    Optional<AnswerShift> teacher =
        originals.compare(view.getLineage(), labelled.getTeachers(), logits);
    Optional<Boolean> correct =
        example
            .target()
            .filter(LabelTarget::isOneClass)
            .map(target -> target.primary() == Logits.top(logits));
    return new ViewAugmentation(keys, teacher, correct);
  }
}
