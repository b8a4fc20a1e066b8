package io.stillstream.trainer.training.comparison;

import io.stillstream.trainer.training.accuracy.EvaluationResult;

/**
 * Decides whether a challenger may become champion: it may be behind the best champion so far by a
 * tolerance, both scored on the same images. On fewer images than a full trial has, it may be
 * behind by two standard errors more: a trial that a stop cut short blocks only what chance does
 * not explain. It is the standard error of the mean of paired differences, as it would be if both
 * were equally good: √(Σ d²) / n. Of classes, that is McNemar's (1947).
 */
public final class ReleaseGate {
  private static final double STANDARD_ERRORS = 2;

  private final int images;
  private final double tolerance;

  /**
   * @param images of a full trial, at least 1
   * @param tolerance of the mean score, 0 to 1
   */
  public ReleaseGate(int images, double tolerance) {
    this.images = images;
    this.tolerance = tolerance;
  }

  /** Decides on what the latest originals showed. */
  public GateDecision decide(long baseline, PairedComparison.Totals totals) {
    int n = totals.images();
    if (n == 0) {
      return unknown("window", baseline);
    }
    double allowed = tolerance;
    if (n < images) {
      allowed += STANDARD_ERRORS * Math.sqrt(totals.squares()) / n;
    }
    return new GateDecision(
        totals.baseline() - totals.challenger() <= allowed * n,
        "window",
        baseline,
        n,
        totals.challenger() / n,
        totals.baseline() / n,
        allowed);
  }

  /**
   * Decides on a held-out set.
   *
   * @param challenger what it made of the set
   * @param best what the baseline made of the same
   */
  public GateDecision decide(long baseline, EvaluationResult challenger, EvaluationResult best) {
    if (challenger.examples() == 0) {
      return unknown("held-out", baseline);
    }
    return new GateDecision(
        best.score() - challenger.score() <= tolerance,
        "held-out",
        baseline,
        challenger.examples(),
        challenger.score(),
        best.score(),
        tolerance);
  }

  private GateDecision unknown(String measuredOn, long baseline) {
    return new GateDecision(true, measuredOn, baseline, 0, null, null, tolerance);
  }
}
