package io.stillstream.trainer.training.comparison;

import io.stillstream.trainer.training.accuracy.EvaluationResult;

/**
 * Decides whether a challenger may become champion: it may be behind the best champion so far by a
 * tolerance, both measured on the same images. On fewer images than a full trial has, it may be
 * behind by two standard errors more, as they would be if both were equally good (McNemar 1947): a
 * trial that a stop cut short blocks only what chance does not explain.
 */
public final class ReleaseGate {
  private static final double STANDARD_ERRORS = 2;

  private final int images;
  private final double tolerance;

  /**
   * @param images of a full trial, at least 1
   * @param tolerance share of images, 0 to 1
   */
  public ReleaseGate(int images, double tolerance) {
    this.images = images;
    this.tolerance = tolerance;
  }

  /** Decides on what the latest originals showed. */
  public GateDecision decide(long baseline, PairedComparison.Counts tally) {
    int n = tally.images();
    if (n == 0) {
      return new GateDecision(true, "window", baseline, 0, null, null, tolerance);
    }
    double allowed = tolerance;
    if (n < images) {
      allowed += STANDARD_ERRORS * Math.sqrt(tally.onlyChallenger() + tally.onlyBaseline()) / n;
    }
    int behind = tally.onlyBaseline() - tally.onlyChallenger();
    return new GateDecision(
        behind <= allowed * n,
        "window",
        baseline,
        n,
        (double) tally.challenger() / n,
        (double) (tally.challenger() + behind) / n,
        allowed);
  }

  /**
   * Decides on a held-out set.
   *
   * @param challenger what it made of the set
   * @param best what the baseline made of the same
   */
  public GateDecision decide(long baseline, EvaluationResult challenger, EvaluationResult best) {
    return new GateDecision(
        best.accuracy() - challenger.accuracy() <= tolerance,
        "held-out",
        baseline,
        challenger.examples(),
        challenger.accuracy(),
        best.accuracy(),
        tolerance);
  }
}
