package io.stillstream.labeler.teachers;

import java.util.List;

/**
 * The weighted mean of the directions of several teachers' embeddings: each is scaled to the length
 * 1, and so is their mean. So neither a teacher of long vectors nor teachers that disagree change
 * the scale. Their spaces must be the same: dimension d is averaged with dimension d.
 */
final class EmbeddingAverager implements AnswerAverager {
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
   * @return [D], of length 1; all NaN if a number is not finite, or there is no direction: an
   *     embedding is zero, or they cancel out
   */
  @Override
  public float[] average(float[][] rows) {
    weights.requireFitting(rows);
    double[] sum = new double[rows[0].length];
    for (int m = 0; m < rows.length; m++) {
      double factor = weights.of(m) / length(rows[m]);
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
    for (int d = 0; d < mean.length; d++) {
      mean[d] = (float) (sum[d] / length);
    }
    return mean;
  }

  /** 0 / 0 of a vector of zeros, and ∞ / ∞, make NaN of all that follows. */
  private static double length(float[] row) {
    double sum = 0;
    for (float value : row) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum);
  }
}
