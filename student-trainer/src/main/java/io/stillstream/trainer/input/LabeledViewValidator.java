package io.stillstream.trainer.input;

import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Label;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.answer.LabeledAnswers;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.InvalidImageException;
import io.stillstream.schemas.image.MaskCodec;
import io.stillstream.schemas.values.ByteArrays;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.PackedAnswer;
import io.stillstream.trainer.training.example.TrainingExample;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;

/** Lets only those labelled views in that the student can learn from without harm. */
public final class LabeledViewValidator {
  private static final String LOGITS_WIDTH = "logits_width";
  private static final String SHAPE = "shape";
  private static final String PIXELS = "pixels";

  /** For all tasks; the name is older than the others. */
  private static final String LOGITS_NOT_FINITE = "logits_not_finite";

  private static final String LABEL = "label";
  private static final String TASK = "task";
  private static final String ANSWER_SHAPE = "answer_shape";
  private static final String ANSWER_MALFORMED = "answer_malformed";
  private static final String MASK = "mask";

  /** The reasons with which {@link #validate} refuses a view. */
  static final List<String> REASONS =
      List.of(
          SHAPE,
          PIXELS,
          LOGITS_WIDTH,
          LOGITS_NOT_FINITE,
          LABEL,
          TASK,
          ANSWER_SHAPE,
          ANSWER_MALFORMED,
          MASK);

  /** Those that speak of a teacher that does not fit, if it never did. */
  static final Set<String> REASONS_OF_TEACHERS = Set.of(LOGITS_WIDTH, ANSWER_SHAPE);

  /** Softmax does not distinguish larger ones, and the loss of smaller ones stays finite. */
  private static final float LARGEST_NUMBER = 1e6f;

  private static final int REMEMBERED_IMAGES = 10_000;

  private final ModelSpec student;
  private final OutputShape output;
  private final BatchBuilder batches;
  private final RecentOrigins origins = new RecentOrigins(REMEMBERED_IMAGES);

  public LabeledViewValidator(ModelSpec student, BatchBuilder batches) {
    this.student = student;
    this.output = batches.output();
    this.batches = batches;
  }

  /**
   * The view, its pixels encoded.
   *
   * @throws BadRecordException with one of {@link #REASONS}
   */
  public TrainingExample validate(LabeledView labelled) {
    return ordered(decode(labelled), labelled).released();
  }

  /**
   * The view with its pixels, mask and answer decoded, to be trained on soon. May be called by any
   * thread. View 0 counts as an original here, see {@link #ordered}.
   *
   * @throws BadRecordException with one of {@link #REASONS}
   */
  public TrainingExample decode(LabeledView labelled) {
    AugmentedView view = labelled.getView();
    requireShape(view);
    PackedAnswer answer = answer(labelled);
    float[] row = answer == null ? null : finiteRow(answer);
    boolean isLabelled = student.task() == ModelTask.CLASSIFICATION && view.getLabel() != null;
    LabelTarget target = isLabelled ? target(view.getLabel()) : null;
    boolean isMasked = student.task() == ModelTask.SEGMENTATION && view.getMask() != null;
    SegmentationMask mask = isMasked ? mask(view.getMask()) : null;
    TrainingExample example =
        new TrainingExample(
            view.getEncoding(),
            ByteArrays.copyOf(view.getPixels()),
            answer,
            target,
            isMasked ? ByteArrays.copyOf(view.getMask()) : null,
            view.getLineage().getViewIndex() == 0,
            TeacherFingerprint.of(labelled.getTeachers()),
            ViewIdentityReader.identity(view));
    try {
      return batches.decoded(
          ViewIdentityReader.isCropped(view) ? example.asCropped() : example, mask, row);
    } catch (InvalidImageException e) {
      throw new BadRecordException(PIXELS, e.getMessage(), e);
    }
  }

  /**
   * The next view in the order of the stream: an original that comes after an augmented view of its
   * image is none. By one thread, once for each view.
   *
   * @param view as {@link #decode} gave it
   */
  public TrainingExample ordered(TrainingExample view, LabeledView labelled) {
    boolean first = origins.isFirst(labelled.getView().getLineage());
    return view.isOriginal() && !first ? view.asAugmentation() : view;
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

  /** Null without one. */
  private PackedAnswer answer(LabeledView labelled) {
    OutputShape shape;
    try {
      shape = LabeledAnswers.shape(labelled).orElse(null);
    } catch (IllegalArgumentException e) {
      throw new BadRecordException(ANSWER_MALFORMED, e.getMessage(), e);
    }
    if (shape == null) {
      return null;
    }
    requireFitting(shape);
    return PackedAnswer.of(labelled, output);
  }

  private static float[] finiteRow(PackedAnswer answer) {
    float[] row = answer.row();
    for (int i = 0; i < row.length; i++) {
      // Written so that NaN fails, too.
      if (!(Math.abs(row[i]) <= LARGEST_NUMBER)) {
        throw new BadRecordException(
            LOGITS_NOT_FINITE,
            "number %d of the answer is %s, at most ±%.0f is allowed"
                .formatted(i, row[i], LARGEST_NUMBER));
      }
    }
    return row;
  }

  private void requireFitting(OutputShape shape) {
    String mismatch = output.mismatch(shape).orElse(null);
    if (mismatch == null) {
      return;
    }
    if (shape.task() != output.task()) {
      throw new BadRecordException(TASK, "the student " + mismatch);
    }
    if (shape.task() == ModelTask.CLASSIFICATION) {
      throw new BadRecordException(
          LOGITS_WIDTH,
          "the teacher gave %d logits, the student has %d classes"
              .formatted(shape.channels(), output.channels()));
    }
    throw new BadRecordException(ANSWER_SHAPE, "the student " + mismatch);
  }

  private SegmentationMask mask(ByteBuffer png) {
    SegmentationMask mask;
    try {
      mask = MaskCodec.decode(png, student.height(), student.width());
    } catch (InvalidImageException e) {
      throw new BadRecordException(MASK, "the mask: " + e.getMessage(), e);
    }
    if (!mask.hasOnlyClassesBelow(output.channels())) {
      throw new BadRecordException(
          MASK,
          "a class of the mask is none of the student's %d, and not %d"
              .formatted(output.channels(), SegmentationMask.IGNORE));
    }
    return mask;
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
