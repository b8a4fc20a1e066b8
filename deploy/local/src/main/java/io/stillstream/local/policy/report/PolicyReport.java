package io.stillstream.local.policy.report;

import io.stillstream.runtime.augmentation.AugmentationStatistics.AugmentationRow;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What augmentation does to the answers of teacher and student, counted over a topic of labelled
 * views.
 *
 * @param student whose answers were compared with the teacher's; null for none
 * @param policies how many views the topic has of each policy, by its hash; of every policy,
 *     whichever was selected
 * @param rows counts for each operation and strength, over views with a teacher's answer
 * @param unanswered views of the selected policy without a teacher's answer
 * @param unreadable records that are no labelled views, by the reason
 * @param refused views that the student cannot take, or has no finite answer to, by the reason
 */
public record PolicyReport(
    String topic,
    ComparedStudent student,
    SortedMap<String, Long> policies,
    List<AugmentationRow> rows,
    long unanswered,
    SortedMap<String, SkippedRecords> unreadable,
    SortedMap<String, SkippedRecords> refused) {
  public PolicyReport {
    policies = Collections.unmodifiableSortedMap(new TreeMap<>(policies));
    rows = List.copyOf(rows);
    unreadable = Collections.unmodifiableSortedMap(new TreeMap<>(unreadable));
    refused = Collections.unmodifiableSortedMap(new TreeMap<>(refused));
  }

  /**
   * A student by its description.
   *
   * @param sha256 of its model file
   */
  public record ComparedStudent(String name, String version, String sha256, String directory) {}

  /**
   * Records that were left out for the same reason.
   *
   * @param first where the first one is, and what was wrong with it
   */
  public record SkippedRecords(long records, String first) {}

  /** Whether every record of the topic was counted, and for the student, too. */
  public boolean isComplete() {
    return unreadable.isEmpty() && refused.isEmpty();
  }
}
