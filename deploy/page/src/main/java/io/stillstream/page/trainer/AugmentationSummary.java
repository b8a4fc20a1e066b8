package io.stillstream.page.trainer;

import io.stillstream.runtime.augmentation.AugmentationStatistics.ShiftTotal;

/**
 * What an operation of one strength did to answers, as the page shows it.
 *
 * @param strength a bin of the operation's scale
 * @param views that were trained on
 * @param teacher its answers compared with those on the originals
 * @param labelled views with a label of one class
 * @param correct those of them that the teacher named right
 * @param student its answers compared with the teacher's
 */
public record AugmentationSummary(
    String operation,
    String unit,
    String strength,
    long views,
    ShiftTotal teacher,
    long labelled,
    long correct,
    ShiftTotal student) {
  private static final ShiftTotal NONE = new ShiftTotal(0, 0, 0);

  public AugmentationSummary {
    operation = operation == null ? "" : operation;
    unit = unit == null ? "" : unit;
    strength = strength == null ? "" : strength;
    teacher = teacher == null ? NONE : teacher;
    student = student == null ? NONE : student;
  }
}
