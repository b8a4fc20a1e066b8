package io.stillstream.local.policy.report;

import io.stillstream.local.policy.report.PolicyReport.ComparedStudent;
import io.stillstream.local.policy.report.PolicyReport.SkippedRecords;
import io.stillstream.runtime.augmentation.OperationStrength;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;

/** A report as lines of text: what was read, the table, what costs most, and what is missing. */
public final class PolicyReportText {
  private static final String LINE = "%-11s%s";
  private static final int SHORT = 12;
  private static final int MOST_POLICIES = 5;

  private final PolicyReport report;
  private final List<String> lines = new ArrayList<>();

  private PolicyReportText(PolicyReport report) {
    this.report = report;
  }

  /**
   * The lines.
   *
   * @param noStudent why there is no student, where there is none
   */
  public static List<String> lines(PolicyReport report, String noStudent) {
    PolicyReportText text = new PolicyReportText(report);
    text.head(noStudent);
    text.body();
    text.rest();
    return text.lines;
  }

  private void head(String noStudent) {
    line("topic", report.topic());
    line(
        "policies",
        report.policies().size()
            + (report.policies().size() == 1 ? " policy hash: " : " policy hashes: ")
            + policies());
    ComparedStudent student = report.student();
    line(
        "student",
        student == null
            ? "none: " + noStudent
            : "%s %s, sha256 %s, %s"
                .formatted(
                    student.name(),
                    student.version(),
                    brief(student.sha256()),
                    student.directory()));
  }

  private String policies() {
    String most =
        report.policies().entrySet().stream()
            .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
            .limit(MOST_POLICIES)
            .map(policy -> brief(policy.getKey()) + " on " + views(policy.getValue()))
            .collect(Collectors.joining(", "));
    return most + (report.policies().size() > MOST_POLICIES ? ", …" : "");
  }

  private void body() {
    lines.add("");
    lines.addAll(PolicyReportTable.lines(report));
    lines.add("");
    List<String> sentences = CostliestOperations.sentences(report);
    lines.addAll(sentences);
    if (!sentences.isEmpty()) {
      lines.add("");
    }
  }

  private void rest() {
    line("points", "the teacher's own answer: to 100 %; the others: to the original");
    line("views", "a view counts for each of its operations");
    long uncompared =
        report.rows().stream()
            .filter(row -> row.key().equals(OperationStrength.AUGMENTED))
            .mapToLong(row -> row.views() - row.teacher().views())
            .sum();
    if (uncompared > 0) {
      line(
          "uncompared",
          views(uncompared) + ": the answer on their original is not there, or another teacher's");
    }
    if (report.unanswered() > 0) {
      line("unlabelled", views(report.unanswered()) + " without a teacher's answer, not counted");
    }
    skipped("unreadable", report.unreadable());
    skipped("refused", report.refused());
  }

  private void skipped(String name, SortedMap<String, SkippedRecords> skipped) {
    skipped.forEach(
        (reason, records) ->
            line(
                name,
                "%,d records with reason %s, the first is %s"
                    .formatted(records.records(), reason, records.first())));
  }

  private void line(String name, String value) {
    lines.add(LINE.formatted(name, value));
  }

  private static String views(long count) {
    return String.format(Locale.ROOT, "%,d views", count);
  }

  private static String brief(String hash) {
    return hash.substring(0, Math.min(SHORT, hash.length()));
  }
}
