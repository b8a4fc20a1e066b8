package io.stillstream.bench.load.measurement;

import java.util.Arrays;

/**
 * The slope of a line through points that some outliers do not move: the median of the slopes of
 * all pairs (Theil 1950, Sen 1968).
 */
final class TheilSenEstimator {
  private TheilSenEstimator() {}

  /**
   * The slope of y over x.
   *
   * @param x rising
   * @param y as many
   * @return NaN for fewer than two points
   */
  static double slope(double[] x, double[] y) {
    int n = x.length;
    double[] slopes = new double[n * (n - 1) / 2];
    int at = 0;
    for (int i = 0; i < n; i++) {
      for (int j = i + 1; j < n; j++) {
        slopes[at++] = (y[j] - y[i]) / (x[j] - x[i]);
      }
    }
    if (at == 0) {
      return Double.NaN;
    }
    Arrays.sort(slopes);
    return (slopes[(at - 1) / 2] + slopes[at / 2]) / 2;
  }
}
