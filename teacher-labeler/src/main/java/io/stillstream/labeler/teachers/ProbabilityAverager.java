package io.stillstream.labeler.teachers;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The weighted mean of several teachers' probabilities, as logarithms.
 *
 * <p>For logits z of teacher m with weight w, class k gets log Σₘ wₘ·softmax(zₘ)ₖ, computed in
 * double precision and in logarithms, so that neither large logits overflow nor small probabilities
 * become zero.
 */
public final class ProbabilityAverager implements AnswerAverager {
  /**
   * The smallest log probability that is returned; smaller ones are raised to it. e⁻¹⁰⁰ is less
   * than any normal positive float, and negligible at any usual temperature.
   */
  public static final float FLOOR = -100f;

  private final TeacherWeights weights;
  private final double[] logWeights;

  /**
   * @param weights at least one, each positive; they are normalised to the sum 1
   */
  public ProbabilityAverager(List<Double> weights) {
    this.weights = new TeacherWeights(weights);
    this.logWeights =
        IntStream.range(0, this.weights.count())
            .mapToDouble(m -> Math.log(this.weights.of(m)))
            .toArray();
  }

  @Override
  public List<Double> weights() {
    return weights.asList();
  }

  /**
   * The mean for one view.
   *
   * @param logits [M, K], one row for each teacher
   * @return [K], each at least {@link #FLOOR} and at most 0; if a logit is not finite, all NaN
   */
  @Override
  public float[] average(float[][] logits) {
    return average(logits, 1);
  }

  /**
   * The mean for each of several cells.
   *
   * @param logits [M, K · cells], one row for each teacher
   * @return [K · cells], each as of {@link #average(float[][])}
   */
  float[] average(float[][] logits, int cells) {
    weights.requireFitting(logits);
    int classes = logits[0].length / cells;
    float[] mean = new float[logits[0].length];
    double[][] terms = new double[logits.length][classes];
    double[] column = new double[logits.length];
    for (int cell = 0; cell < cells; cell++) {
      for (int m = 0; m < logits.length; m++) {
        logSoftmax(logits[m], cells, cell, terms[m]);
      }
      for (int k = 0; k < classes; k++) {
        for (int m = 0; m < column.length; m++) {
          column[m] = logWeights[m] + terms[m][k];
        }
        // Rounding may exceed 0 by a last digit; Math.max and Math.min keep NaN.
        mean[k * cells + cell] = (float) Math.min(0, Math.max(FLOOR, logSumExp(column)));
      }
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
    logSoftmax(logits, 1, 0, result);
    return result;
  }

  /**
   * Log probabilities of one cell of several, as {@link #logSoftmax(float[])}.
   *
   * @param logits [K, cells]
   * @param result [K], which is overwritten
   */
  public static void logSoftmax(float[] logits, int cells, int cell, double[] result) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < result.length; k++) {
      float logit = logits[k * cells + cell];
      result[k] = Float.isFinite(logit) ? logit : Double.NaN;
      largest = Math.max(largest, result[k]);
    }
    for (int k = 0; k < result.length; k++) {
      result[k] -= largest;
    }
    double total = logSumExp(result);
    for (int k = 0; k < result.length; k++) {
      result[k] -= total;
    }
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
