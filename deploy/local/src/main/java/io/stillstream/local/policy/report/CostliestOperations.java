package io.stillstream.local.policy.report;

import static java.util.Comparator.comparingDouble;

import io.stillstream.runtime.augmentation.AugmentationStatistics.AugmentationRow;
import io.stillstream.runtime.augmentation.AugmentationStatistics.ShiftTotal;
import io.stillstream.runtime.augmentation.OperationStrength;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * What augmentation costs in sentences: of all augmented views, and of the operations on which the
 * teacher keeps clearly fewer answers, or the student clearly agrees on fewer, than on all of them;
 * each at the strength where it costs most.
 */
final class CostliestOperations {
  /** Sentences on operations at most. */
  private static final int OPERATIONS = 5;

  /** Of fewer views a share says little. */
  private static final int FEWEST_VIEWS = 100;

  /** Standard errors of a share by which it is clearly smaller than another. */
  private static final double CLEAR = 2;

  private final AugmentationRow augmented;
  private final Optional<AugmentationRow> original;

  private CostliestOperations(AugmentationRow augmented, Optional<AugmentationRow> original) {
    this.augmented = augmented;
    this.original = original;
  }

  /** The sentences, the worst operation first; none without augmented views. */
  static List<String> sentences(PolicyReport report) {
    return row(report, OperationStrength.AUGMENTED)
        .map(all -> new CostliestOperations(all, row(report, OperationStrength.ORIGINAL)))
        .map(costs -> costs.of(report.rows()))
        .orElse(List.of());
  }

  private static Optional<AugmentationRow> row(PolicyReport report, OperationStrength key) {
    return report.rows().stream().filter(row -> row.key().equals(key)).findFirst();
  }

  private List<String> of(List<AugmentationRow> rows) {
    Map<String, AugmentationRow> worst = new LinkedHashMap<>();
    rows.stream()
        .filter(row -> !row.key().equals(OperationStrength.ORIGINAL))
        .filter(row -> cost(row) > 0)
        .sorted(comparingDouble(row -> -cost(row)))
        .forEach(row -> worst.putIfAbsent(row.key().operation(), row));
    List<String> sentences = new ArrayList<>();
    sentences.add(sentence("augmented views", augmented, ""));
    String usual = " (augmented views: " + percent(augmented.teacher().agreement()) + ")";
    worst.values().stream()
        .limit(OPERATIONS)
        .forEach(row -> sentences.add(sentence(name(row.key()), row, usual)));
    if (worst.isEmpty()) {
      sentences.add("no operation costs clearly more than the average augmented view");
    }
    return sentences;
  }

  /** By how much a share is smaller than that of all augmented views, the larger of two; or 0. */
  private double cost(AugmentationRow row) {
    return Math.max(
        clearly(row.teacher(), augmented.teacher()), clearly(row.student(), augmented.student()));
  }

  private static double clearly(ShiftTotal part, ShiftTotal all) {
    if (part.views() < FEWEST_VIEWS) {
      return 0;
    }
    double share = part.agreement();
    double error = Math.sqrt(share * (1 - share) / part.views());
    double difference = all.agreement() - share;
    return difference > CLEAR * error ? difference : 0;
  }

  private String sentence(String name, AugmentationRow row, String usual) {
    List<String> parts = new ArrayList<>();
    if (row.teacher().views() > 0) {
      parts.add(
          "the teacher keeps its answer on "
              + percent(row.teacher().agreement())
              + " of views"
              + usual);
    }
    if (row.labelled() > 0) {
      parts.add(
          "it is right on "
              + percent(row.teacherAccuracy())
              + ofOriginal(AugmentationRow::labelled, AugmentationRow::teacherAccuracy));
    }
    if (row.student().views() > 0) {
      parts.add(
          "the student agrees with it on "
              + percent(row.student().agreement())
              + ofOriginal(each -> each.student().views(), each -> each.student().agreement()));
    }
    return name + ": " + String.join(", ", parts);
  }

  private String ofOriginal(
      ToLongFunction<AugmentationRow> views, ToDoubleFunction<AugmentationRow> share) {
    return original
        .filter(row -> views.applyAsLong(row) > 0)
        .map(row -> " (original: " + percent(share.applyAsDouble(row)) + ")")
        .orElse("");
  }

  /** Such as {@code rotate above 8 up to 15 degrees}. */
  private static String name(OperationStrength key) {
    String strength = key.strength();
    String words;
    if (strength.equals(OperationStrength.AUGMENTED.strength())) {
      return key.operation();
    } else if (strength.endsWith("+")) {
      words = "above " + strength.substring(0, strength.length() - 1);
    } else if (strength.contains("-")) {
      words = "above " + strength.replace("-", " up to ");
    } else {
      words = "of " + strength;
    }
    if (key.unit().contains(" - ")) {
      // A formula, not a unit.
      return key.operation() + " with " + key.unit() + " " + words;
    }
    return (key.operation() + " " + words + " " + key.unit()).strip();
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
