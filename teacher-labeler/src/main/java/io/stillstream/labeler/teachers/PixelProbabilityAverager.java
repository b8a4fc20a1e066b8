package io.stillstream.labeler.teachers;

import java.util.List;

/** The weighted mean of several teachers' probabilities for each cell, as logarithms. */
final class PixelProbabilityAverager implements AnswerAverager {
  private final ProbabilityAverager averager;
  private final int cells;

  /**
   * @param averager of the probabilities of one cell
   * @param cells h · w
   */
  PixelProbabilityAverager(ProbabilityAverager averager, int cells) {
    this.averager = averager;
    this.cells = cells;
  }

  @Override
  public List<Double> weights() {
    return averager.weights();
  }

  /**
   * The mean for one view.
   *
   * @param rows [M, K · h · w]
   * @return [K · h · w] as of {@link ProbabilityAverager#average}; if a logit is not finite, its
   *     cell is NaN
   */
  @Override
  public float[] average(float[][] rows) {
    int classes = rows[0].length / cells;
    float[] mean = new float[rows[0].length];
    float[][] cell = new float[rows.length][classes];
    for (int i = 0; i < cells; i++) {
      for (int m = 0; m < rows.length; m++) {
        for (int k = 0; k < classes; k++) {
          cell[m][k] = rows[m][k * cells + i];
        }
      }
      float[] probabilities = averager.average(cell);
      for (int k = 0; k < classes; k++) {
        mean[k * cells + i] = probabilities[k];
      }
    }
    return mean;
  }
}
