package io.stillstream.trainer.label;

import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.ImageIdHash;
import io.stillstream.schemas.ImageLabel;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.InvalidImageException;
import io.stillstream.schemas.image.MaskCodec;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;

/**
 * Lets only those labels in that say something to the student: classes for a classification, masks
 * for a segmentation, none for embeddings. May be used by any thread.
 */
public final class TruthValidator {
  private static final String LABEL = "label";
  private static final String MASK = "mask";
  private static final String TASK = "task";

  /** The reasons with which {@link #validate} refuses a label. */
  public static final List<String> REASONS = List.of(LABEL, MASK, TASK);

  private final ModelSpec student;
  private final MaskFit fit;

  public TruthValidator(ModelSpec student) {
    this.student = student;
    this.fit = new MaskFit(student.height(), student.width());
  }

  /**
   * The truth that a record tells, its mask at the size of the student's views.
   *
   * @throws BadRecordException with one of {@link #REASONS}: neither class nor mask or both, a
   *     class that the student does not have, a mask that cannot be decoded, or the other kind of
   *     truth than the student's task needs
   */
  public ImageTruth validate(ImageLabel record) {
    if ((record.getLabel() == null) == (record.getMask() == null)) {
      throw new BadRecordException(LABEL, "a label has either a class or a mask");
    }
    ModelTask expected =
        record.getMask() == null ? ModelTask.CLASSIFICATION : ModelTask.SEGMENTATION;
    if (student.task() != expected) {
      throw new BadRecordException(
          TASK,
          "the label is for a %s, the student's task is %s"
              .formatted(name(expected), name(student.task())));
    }
    long image = ImageIdHash.of(record.getImageId()).number();
    return record.getMask() == null
        ? ImageTruth.ofClass(image, known(record.getLabel()))
        : ImageTruth.ofMask(image, fit.fit(decoded(record.getMask())));
  }

  private static String name(ModelTask task) {
    return task.name().toLowerCase(Locale.ROOT);
  }

  private int known(int label) {
    int classes = student.classes().size();
    if (label < 0 || label >= classes) {
      throw new BadRecordException(
          LABEL, "label %d; the student has %d classes".formatted(label, classes));
    }
    return label;
  }

  private SegmentationMask decoded(ByteBuffer png) {
    SegmentationMask mask;
    try {
      mask = MaskCodec.decode(png);
    } catch (InvalidImageException | IllegalArgumentException e) {
      throw new BadRecordException(MASK, "the mask: " + e.getMessage(), e);
    }
    int classes = student.classes().size();
    if (!mask.hasOnlyClassesBelow(classes)) {
      throw new BadRecordException(
          MASK,
          "a class of the mask is none of the student's %d, and not %d"
              .formatted(classes, SegmentationMask.IGNORE));
    }
    return mask;
  }
}
