package io.stillstream.trainer.training.accuracy;

import java.util.OptionalDouble;

/**
 * Expected calibration error (Guo et al. 2017): predictions are sorted into 15 bins of equal width
 * by confidence, and the distances between confidence and accuracy of the bins are averaged, each
 * weighed with its share of the predictions.
 */
final class CalibrationError {
  private static final int BINS = 15;

  private final int[] counts = new int[BINS];
  private final int[] hits = new int[BINS];
  private final double[] confidences = new double[BINS];
  private int all;

  /**
   * @param confidence 0 to 1; with one that is not finite nothing is added
   */
  void add(double confidence, boolean right) {
    if (!Double.isFinite(confidence)) {
      return;
    }
    // Bins are open below and closed above; nothing has a confidence of 0.
    int bin = Math.min(BINS - 1, Math.max(0, (int) Math.ceil(confidence * BINS) - 1));
    counts[bin]++;
    hits[bin] += right ? 1 : 0;
    confidences[bin] += confidence;
    all++;
  }

  /** 0 to 1; empty before the first prediction. */
  OptionalDouble error() {
    double sum = 0;
    for (int bin = 0; bin < BINS; bin++) {
      sum += Math.abs(confidences[bin] - hits[bin]);
    }
    return all == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum / all);
  }
}
