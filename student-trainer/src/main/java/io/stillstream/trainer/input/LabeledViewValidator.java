package io.stillstream.trainer.input;

import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.ImageIdHash;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Label;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Mix;
import io.stillstream.schemas.image.InvalidImageException;
import io.stillstream.schemas.values.ByteArrays;
import io.stillstream.schemas.values.FloatArrays;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.TrainingExample;
import io.stillstream.trainer.training.example.ViewIdentity;
import java.util.List;

/** Lets only those labelled views in that the student can learn from without harm. */
public final class LabeledViewValidator {
  static final String LOGITS_WIDTH = "logits_width";
  private static final String SHAPE = "shape";
  private static final String PIXELS = "pixels";
  private static final String LOGITS_NOT_FINITE = "logits_not_finite";
  private static final String LABEL = "label";

  /** The reasons with which {@link #validate} refuses a view. */
  static final List<String> REASONS =
      List.of(SHAPE, PIXELS, LOGITS_WIDTH, LOGITS_NOT_FINITE, LABEL);

  /** Softmax does not distinguish larger ones, and the loss of smaller ones stays finite. */
  private static final float LARGEST_LOGIT = 1e6f;

  private static final int REMEMBERED_IMAGES = 10_000;

  private final ModelSpec student;
  private final BatchBuilder batches;
  private final RecentOrigins origins = new RecentOrigins(REMEMBERED_IMAGES);

  public LabeledViewValidator(ModelSpec student, BatchBuilder batches) {
    this.student = student;
    this.batches = batches;
  }

  /**
   * The view.
   *
   * @throws BadRecordException with reason {@code shape}, {@code pixels}, {@code logits_width},
   *     {@code logits_not_finite} or {@code label}
   */
  public TrainingExample validate(LabeledView labelled) {
    AugmentedView view = labelled.getView();
    requireShape(view);
    float[] logits =
        labelled.getLogits() == null ? null : FloatArrays.toArray(labelled.getLogits());
    if (logits != null) {
      requireSound(logits);
    }
    LabelTarget target = view.getLabel() == null ? null : target(view.getLabel());
    byte[] pixels = ByteArrays.copyOf(view.getPixels());
    try {
      batches.decode(view.getEncoding(), pixels);
    } catch (InvalidImageException e) {
      throw new BadRecordException(PIXELS, e.getMessage(), e);
    }
    return new TrainingExample(
        view.getEncoding(),
        pixels,
        logits,
        target,
        origins.isFirst(view.getLineage()),
        TeacherFingerprint.of(labelled.getTeachers()),
        new ViewIdentity(
            number(view.getLineage().getImageId()),
            partner(view.getRecipe().getMix()),
            view.getLineage().getViewIndex(),
            view.getLineage().getViewCount()));
  }

  private static long partner(Mix mix) {
    return mix == null ? 0 : number(mix.getPartnerImageId());
  }

  private static long number(String imageId) {
    return ImageIdHash.of(imageId).number();
  }

  /** Whether a view says anything to the student, with the loss that is configured. */
  boolean hasTrainingSignal(TrainingExample view) {
    return batches.hasTrainingSignal(view);
  }

  private void requireShape(AugmentedView view) {
    if (view.getHeight() != student.height()
        || view.getWidth() != student.width()
        || view.getChannels() != student.channels()) {
      throw new BadRecordException(
          SHAPE,
          "the view is %d x %d x %d, the student takes %d x %d x %d"
              .formatted(
                  view.getHeight(),
                  view.getWidth(),
                  view.getChannels(),
                  student.height(),
                  student.width(),
                  student.channels()));
    }
  }

  private void requireSound(float[] logits) {
    if (logits.length != student.classes().size()) {
      throw new BadRecordException(
          LOGITS_WIDTH,
          "the teacher gave %d logits, the student has %d classes"
              .formatted(logits.length, student.classes().size()));
    }
    for (float logit : logits) {
      // Written so that NaN fails, too.
      if (!(Math.abs(logit) <= LARGEST_LOGIT)) {
        throw new BadRecordException(LOGITS_NOT_FINITE, "a logit is " + logit);
      }
    }
  }

  private LabelTarget target(Label label) {
    int primary = label.getPrimary();
    int secondary = label.getSecondary() == null ? primary : label.getSecondary();
    double weight = label.getSecondary() == null ? 1 : label.getWeight();
    int classes = student.classes().size();
    if (primary < 0 || primary >= classes || secondary < 0 || secondary >= classes) {
      throw new BadRecordException(
          LABEL, "label %d, %d; the student has %d classes".formatted(primary, secondary, classes));
    }
    if (!(weight >= 0 && weight <= 1)) {
      throw new BadRecordException(LABEL, "weight of a label is " + weight);
    }
    return new LabelTarget(primary, secondary, (float) weight);
  }
}
