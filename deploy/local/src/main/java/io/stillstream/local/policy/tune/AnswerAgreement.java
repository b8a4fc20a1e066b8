package io.stillstream.local.policy.tune;

import java.util.Locale;

/**
 * How far a teacher keeps its answers on the augmented views of images.
 *
 * @param views that were compared
 * @param kept mean part of the answer that is kept on a view, 0 to 1: the overlap Σ min(pₖ, qₖ) of
 *     the probabilities on the original and on the view. Of a teacher that is always sure, it is
 *     the share of views with the same class.
 * @param error standard error of {@code kept}; views of the same image count as one sample
 * @param sameClass share of views with the same class
 * @param divergence mean KL(original ‖ view), nats
 */
record AnswerAgreement(long views, double kept, double error, double sameClass, double divergence) {
  /** Of the normal distribution, for an interval that holds 95 %. */
  private static final double WIDTH = 1.96;

  /** Kept part with its 95 % interval, as in {@code 97.1 % (96.8 to 97.4)}. */
  String interval() {
    return String.format(
        Locale.ROOT,
        "%.1f %% (%.1f to %.1f)",
        100 * kept,
        100 * Math.max(0, kept - WIDTH * error),
        100 * upper());
  }

  /** Upper end of the interval, 0 to 1. */
  double upper() {
    return Math.min(1, kept + WIDTH * error);
  }
}
