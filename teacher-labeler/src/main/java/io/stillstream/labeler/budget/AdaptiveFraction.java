package io.stillstream.labeler.budget;

import io.stillstream.runtime.config.SettingRanges;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The fraction of the images to label, from the disagreement of students and teacher: small while
 * they agree, large when they do not, as in online model distillation for video (Mullapudi et al.
 * 2019).
 *
 * <pre>
 * d = (n·disagreement + 1) / (n + 1)                      of a report over n images
 * s ← d where d ≥ s or there is no s yet, else s + w·(d − s)   one s for each student
 * fraction = min(max, max(min, max · S / target))         S: the largest s that is not stale
 * fraction = max                                          if there is none
 * </pre>
 *
 * <p>The one image added to each report, on which they differ, reflects that a small window is
 * little evidence of agreement. The fraction rises at once and falls smoothed. A report of more
 * disagreement never makes the fraction smaller. Safe for use by several threads.
 */
public final class AdaptiveFraction {
  /** Of embeddings that point in opposite directions; classes and pixels have at most 1. */
  private static final double MOST_DISAGREEMENT = 2;

  private final Rule rule;
  private final Map<String, StudentDisagreement> students = new HashMap<>();

  /**
   * The constants of the rule. Messages name them as settings do.
   *
   * @param min above 0, or there would be no reports any more
   * @param max at least min, at most 1
   * @param targetDisagreement disagreement from which on the fraction is max; above 0, at most 1
   * @param smoothing w, the weight of the newest report where it is lower; above 0, at most 1
   * @param staleAfter a student whose last report is older does not count
   */
  public record Rule(
      double min, double max, double targetDisagreement, double smoothing, Duration staleAfter) {
    public Rule {
      SettingRanges.requirePositiveShare("min", min);
      if (!(max >= min && max <= 1)) {
        throw new IllegalArgumentException("max must be from min to 1, was " + max);
      }
      SettingRanges.requirePositiveShare("target-disagreement", targetDisagreement);
      SettingRanges.requirePositiveShare("smoothing", smoothing);
      SettingRanges.requirePositive("stale-after", staleAfter);
    }
  }

  /** The disagreement of a student: s of the rule, and the time of its last report. */
  public record StudentDisagreement(String student, double disagreement, Instant reportedAt) {}

  public AdaptiveFraction(Rule rule) {
    this.rule = rule;
  }

  /**
   * Applies a report. One that is not newer than the last of its student changes nothing, so a
   * report may be read twice.
   *
   * @param disagreement how far student and teacher differ: a share from 0 to 1, for embeddings 1 −
   *     the mean cosine, 0 to 2
   * @param images number of images in the report, at least 0
   * @param now bounds {@code reportedAt}: a clock that is ahead must not keep a report fresh
   */
  public synchronized void report(
      String student, double disagreement, int images, Instant reportedAt, Instant now) {
    if (!(disagreement >= 0 && disagreement <= MOST_DISAGREEMENT)) {
      throw new IllegalArgumentException(
          "disagreement must be within 0 and 2, was " + disagreement);
    }
    SettingRanges.requireNotNegative("images", images);
    students.values().removeIf(standing -> isStale(standing, now));
    Instant at = reportedAt.isAfter(now) ? now : reportedAt;
    StudentDisagreement before = students.get(student);
    if (before != null && !at.isAfter(before.reportedAt())) {
      return;
    }
    double told = (disagreement * images + 1) / (images + 1.0);
    double smoothed =
        before == null || told >= before.disagreement()
            ? told
            : before.disagreement() + rule.smoothing() * (told - before.disagreement());
    students.put(student, new StudentDisagreement(student, smoothed, at));
  }

  /** Removes a student. */
  public synchronized void forget(String student) {
    students.remove(student);
  }

  /** The student with the largest disagreement; empty if no report counts. */
  public synchronized Optional<StudentDisagreement> worst(Instant now) {
    return students.values().stream()
        .filter(standing -> !isStale(standing, now))
        .max(
            Comparator.comparingDouble(StudentDisagreement::disagreement)
                .thenComparing(StudentDisagreement::student));
  }

  /** From min to max. */
  public double fraction(Instant now) {
    return worst(now).map(this::fraction).orElse(rule.max());
  }

  private double fraction(StudentDisagreement worst) {
    double share = rule.max() * worst.disagreement() / rule.targetDisagreement();
    return Math.min(rule.max(), Math.max(rule.min(), share));
  }

  private boolean isStale(StudentDisagreement standing, Instant now) {
    return Duration.between(standing.reportedAt(), now).compareTo(rule.staleAfter()) > 0;
  }
}
