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
    return averager.average(rows, cells);
  }
}
