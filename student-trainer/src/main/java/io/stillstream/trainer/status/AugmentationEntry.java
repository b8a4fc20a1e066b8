package io.stillstream.trainer.status;

import io.stillstream.runtime.augmentation.AugmentationStatistics.AugmentationRow;
import io.stillstream.runtime.augmentation.AugmentationStatistics.ShiftTotal;

/**
 * The counts of one operation and strength as JSON, as docs/http.md describes them.
 *
 * @param teacher its answers compared with those on view 0
 * @param student its answers compared with the teacher's
 */
record AugmentationEntry(
    String operation,
    String unit,
    String strength,
    long views,
    ShiftTotal teacher,
    long labelled,
    long correct,
    ShiftTotal student) {
  static AugmentationEntry of(AugmentationRow row) {
    return new AugmentationEntry(
        row.key().operation(),
        row.key().unit(),
        row.key().strength(),
        row.views(),
        row.teacher(),
        row.labelled(),
        row.correct(),
        row.student());
  }
}
