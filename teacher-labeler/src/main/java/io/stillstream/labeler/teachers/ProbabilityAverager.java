package io.stillstream.labeler.teachers;

import java.util.Arrays;
import java.util.List;

/**
 * The weighted mean of several teachers' probabilities, as logarithms.
 *
 * <p>For logits z of teacher m with weight w, class k gets log Σₘ wₘ·softmax(zₘ)ₖ, computed in
 * double precision and in logarithms, so that neither large logits overflow nor small probabilities
 * become zero.
 */
public final class ProbabilityAverager {
  /**
   * The smallest log probability that is returned; smaller ones are raised to it. e⁻¹⁰⁰ is less
   * than any normal positive float, and negligible at any usual temperature.
   */
  public static final float FLOOR = -100f;

  private final double[] weights;
  private final double[] logWeights;

  /**
   * @param weights at least one, each positive; they are normalised to the sum 1
   */
  public ProbabilityAverager(List<Double> weights) {
    if (weights.isEmpty()) {
      throw new IllegalArgumentException("there must be at least one weight");
    }
    for (double weight : weights) {
      if (!(weight > 0) || Double.isInfinite(weight)) {
        throw new IllegalArgumentException("weight must be positive, was " + weight);
      }
    }
    double largest = weights.stream().mapToDouble(w -> w).max().orElseThrow();
    double[] scaled = weights.stream().mapToDouble(w -> w / largest).toArray();
    double sum = Arrays.stream(scaled).sum();
    this.weights = Arrays.stream(scaled).map(w -> w / sum).toArray();
    this.logWeights = Arrays.stream(this.weights).map(Math::log).toArray();
  }

  /** Of each teacher; the sum is 1. */
  public List<Double> weights() {
    return Arrays.stream(weights).boxed().toList();
  }

  /**
   * The mean for one view.
   *
   * @param logits [M, K], one row for each teacher
   * @return [K], each at least {@link #FLOOR} and at most 0; if a logit is not finite, all NaN
   */
  public float[] logProbabilities(float[][] logits) {
    if (logits.length != weights.length) {
      throw new IllegalArgumentException(
          "there are %d teachers, but logits of %d".formatted(weights.length, logits.length));
    }
    int classes = logits[0].length;
    double[][] terms = new double[logits.length][];
    for (int m = 0; m < logits.length; m++) {
      if (logits[m].length != classes) {
        throw new IllegalArgumentException(
            "teacher %d has %d logits, teacher 0 %d".formatted(m, logits[m].length, classes));
      }
      terms[m] = logSoftmax(logits[m]);
    }
    float[] mean = new float[classes];
    double[] column = new double[logits.length];
    for (int k = 0; k < classes; k++) {
      for (int m = 0; m < column.length; m++) {
        column[m] = logWeights[m] + terms[m][k];
      }
      // Rounding may exceed 0 by a last digit; Math.max and Math.min keep NaN.
      mean[k] = (float) Math.min(0, Math.max(FLOOR, logSumExp(column)));
    }
    return mean;
  }

  /**
   * Log probabilities of one teacher for one view. The largest logit is subtracted first, so that
   * large ones keep their differences.
   *
   * @return [K]; if a logit is not finite, all NaN
   */
  public static double[] logSoftmax(float[] logits) {
    double[] result = new double[logits.length];
    double largest = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < logits.length; k++) {
      result[k] = Float.isFinite(logits[k]) ? logits[k] : Double.NaN;
      largest = Math.max(largest, result[k]);
    }
    for (int k = 0; k < logits.length; k++) {
      result[k] -= largest;
    }
    double total = logSumExp(result);
    for (int k = 0; k < logits.length; k++) {
      result[k] -= total;
    }
    return result;
  }

  /** Log Σ eˣ; NaN if a value is NaN. */
  private static double logSumExp(double[] values) {
    double largest = Double.NEGATIVE_INFINITY;
    for (double value : values) {
      largest = Math.max(largest, value);
    }
    double sum = 0;
    for (double value : values) {
      sum += Math.exp(value - largest);
    }
    return largest + Math.log(sum);
  }
}
