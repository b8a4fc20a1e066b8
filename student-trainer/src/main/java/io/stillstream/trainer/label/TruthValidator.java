package io.stillstream.trainer.label;

import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.schemas.ImageLabel;
import java.util.List;

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

  public TruthValidator(ModelSpec student) {
    this.student = student;
  }

  /**
   * The truth that a record tells, its mask at the size of the student's views.
   *
   * @throws BadRecordException with one of {@link #REASONS}: neither class nor mask or both, a
   *     class that the student does not have, a mask that cannot be decoded, or the other kind of
   *     truth than the student's task needs
   */
  public ImageTruth validate(ImageLabel record) {
    throw new UnsupportedOperationException("not written yet " + student);
  }
}
