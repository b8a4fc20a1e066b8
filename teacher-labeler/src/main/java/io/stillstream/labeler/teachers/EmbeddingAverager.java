package io.stillstream.labeler.teachers;

import java.util.List;

/**
 * The weighted mean of the directions of several teachers' embeddings: each is scaled to the length
 * 1, and so is their mean. So neither a teacher of long vectors nor teachers that disagree change
 * the scale. An embedding of zeros has no direction and adds nothing. Their spaces must be the
 * same: dimension d is averaged with dimension d.
 */
final class EmbeddingAverager implements AnswerAverager {
  /** Directions whose sum is shorter than this part of their weights cancel out. */
  private static final double ROUNDING = 1e-12;

  private final TeacherWeights weights;

  /**
   * @param weights at least one, each positive; they are normalised to the sum 1
   */
  EmbeddingAverager(List<Double> weights) {
    this.weights = new TeacherWeights(weights);
  }

  @Override
  public List<Double> weights() {
    return weights.asList();
  }

  /**
   * The mean for one view.
   *
   * @param rows [M, D]
   * @return [D], of length 1; all zero if there is no direction: all embeddings are zero, or they
   *     cancel out; all NaN if a number is not finite
   */
  @Override
  public float[] average(float[][] rows) {
    weights.requireFitting(rows);
    double[] sum = new double[rows[0].length];
    double weight = 0;
    for (int m = 0; m < rows.length; m++) {
      double length = length(rows[m]);
      if (length == 0) {
        continue;
      }
      weight += weights.of(m);
      double factor = weights.of(m) / length;
      for (int d = 0; d < sum.length; d++) {
        sum[d] += factor * rows[m][d];
      }
    }
    double length = 0;
    for (double value : sum) {
      length += value * value;
    }
    length = Math.sqrt(length);
    float[] mean = new float[sum.length];
    if (length <= ROUNDING * weight) {
      return mean;
    }
    for (int d = 0; d < mean.length; d++) {
      mean[d] = (float) (sum[d] / length);
    }
    return mean;
  }

  /** Not finite if a number is not; NaN and ∞ / ∞ make NaN of all that follows. */
  private static double length(float[] row) {
    double sum = 0;
    for (float value : row) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum);
  }
}
