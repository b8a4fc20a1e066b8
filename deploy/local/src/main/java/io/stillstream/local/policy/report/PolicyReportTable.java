package io.stillstream.local.policy.report;

import io.stillstream.runtime.augmentation.AugmentationStatistics.AugmentationRow;
import io.stillstream.runtime.augmentation.AugmentationStatistics.ShiftTotal;
import io.stillstream.runtime.augmentation.OperationStrength;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** The rows of a report as a table; columns of which nothing is known are left out. */
final class PolicyReportTable {
  private static final String GAP = "  ";
  private static final String NONE = "-";

  /** Columns of text, on the left. */
  private static final int LEFT = 2;

  /** Least width of the first column of a group, so that names of groups stay apart. */
  private static final int FIRST_OF_GROUP = 9;

  private final List<List<String>> cells = new ArrayList<>();
  private final List<String> groups = new ArrayList<>();
  private final boolean hasLabels;
  private final boolean hasStudent;
  private final Optional<AugmentationRow> original;

  private PolicyReportTable(PolicyReport report) {
    hasLabels = report.rows().stream().anyMatch(row -> row.labelled() > 0);
    hasStudent = report.student() != null;
    original =
        report.rows().stream()
            .filter(row -> row.key().equals(OperationStrength.ORIGINAL))
            .findFirst();
    header();
    report.rows().forEach(this::row);
  }

  /** The lines, two of them the header. */
  static List<String> lines(PolicyReport report) {
    return new PolicyReportTable(report).lines();
  }

  private void header() {
    List<String> names = new ArrayList<>(List.of("operation", "strength", "views"));
    groups.addAll(List.of("", "", ""));
    add(names, "teacher keeps its answer", "share", "points", "KL");
    if (hasLabels) {
      add(names, "teacher is right", "share", "points");
    }
    if (hasStudent) {
      add(names, "student agrees", "share", "points", "KL");
    }
    cells.add(names);
  }

  private void add(List<String> names, String group, String... columns) {
    names.addAll(List.of(columns));
    groups.add(group);
    for (int i = 1; i < columns.length; i++) {
      groups.add("");
    }
  }

  private void row(AugmentationRow row) {
    List<String> line = new ArrayList<>();
    line.add(row.key().operation());
    line.add((row.key().strength() + " " + row.key().unit()).strip());
    line.add(String.format(Locale.ROOT, "%,d", row.views()));
    line.add(percent(row.teacher().agreement()));
    line.add(points(row.teacher().agreement() - 1));
    line.add(nats(row.teacher()));
    if (hasLabels) {
      line.add(percent(row.teacherAccuracy()));
      line.add(points(difference(row, AugmentationRow::teacherAccuracy)));
    }
    if (hasStudent) {
      line.add(percent(row.student().agreement()));
      line.add(points(difference(row, each -> each.student().agreement())));
      line.add(nats(row.student()));
    }
    cells.add(line);
  }

  /** To the original; NaN for the original itself. */
  private double difference(AugmentationRow row, ToDoubleFunction<AugmentationRow> share) {
    return original
        .filter(reference -> !reference.equals(row))
        .map(reference -> share.applyAsDouble(row) - share.applyAsDouble(reference))
        .orElse(Double.NaN);
  }

  private static String percent(double share) {
    return number(share, "%.2f %%", 100 * share);
  }

  private static String points(double difference) {
    return number(difference, "%+.2f", 100 * difference);
  }

  private static String nats(ShiftTotal shift) {
    return number(shift.meanDivergence(), "%.4f", shift.meanDivergence());
  }

  private static String number(double known, String format, double shown) {
    return Double.isNaN(known) ? NONE : String.format(Locale.ROOT, format, shown);
  }

  private List<String> lines() {
    int columns = groups.size();
    int[] widths = new int[columns];
    for (List<String> line : cells) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    for (int i = 0; i < columns; i++) {
      widths[i] = Math.max(widths[i], groups.get(i).isEmpty() ? 0 : FIRST_OF_GROUP);
    }
    List<String> lines = new ArrayList<>();
    lines.add(groupLine(widths));
    for (List<String> line : cells) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        String format = "%" + (i < LEFT ? "-" : "") + widths[i] + "s";
        text.append(i == 0 ? "" : GAP).append(String.format(Locale.ROOT, format, line.get(i)));
      }
      lines.add(text.toString().stripTrailing());
    }
    return lines;
  }

  /** Names of groups of columns, each above the first of its columns. */
  private String groupLine(int[] widths) {
    StringBuilder text = new StringBuilder();
    int column = 0;
    for (int i = 0; i < widths.length; i++) {
      if (!groups.get(i).isEmpty()) {
        text.append(" ".repeat(Math.max(0, column - text.length()))).append(groups.get(i));
      }
      column += widths[i] + GAP.length();
    }
    return text.toString();
  }
}
