package io.stillstream.labeler.teachers;

import io.stillstream.schemas.answer.OutputShape;
import java.util.List;

/** The weighted mean of several teachers' answers. Safe for several threads. */
public sealed interface AnswerAverager
    permits ProbabilityAverager, PixelProbabilityAverager, EmbeddingAverager {
  /**
   * The one for answers of that shape.
   *
   * @param weights one for each teacher, each positive; they are normalised to the sum 1
   */
  static AnswerAverager of(OutputShape output, List<Double> weights) {
    return switch (output.task()) {
      case CLASSIFICATION -> new ProbabilityAverager(weights);
      case SEGMENTATION ->
          new PixelProbabilityAverager(new ProbabilityAverager(weights), output.cells());
      case EMBEDDING -> new EmbeddingAverager(weights);
    };
  }

  /** Of each teacher; the sum is 1. */
  List<Double> weights();

  /**
   * The mean for one view.
   *
   * @param rows [M, size], one row for each teacher
   * @return [size]; what a number that is not finite has a part in is NaN
   */
  float[] average(float[][] rows);
}
