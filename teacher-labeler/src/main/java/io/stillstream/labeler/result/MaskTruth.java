package io.stillstream.labeler.result;

import io.stillstream.labeler.teachers.ProbabilityAverager;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.answer.SegmentationMask;
import java.util.Optional;

/**
 * The known classes of a view's pixels, compared with answers on the answers' grid: the truth of a
 * cell is that of the pixel at its centre. Cells with the truth {@link SegmentationMask#IGNORE} do
 * not count.
 *
 * @param cells of the grid
 */
public record MaskTruth(SegmentationMask cells) {
  /**
   * The most probable class of each cell beside the true one. Two bytes a cell, whatever K.
   *
   * @param classes K
   * @param loss cross entropy in nats, mean over the cells that count
   */
  public record Evaluation(
      int classes, SegmentationMask truth, SegmentationMask answer, double loss)
      implements TruthEvaluation {}

  /**
   * The truth on the grid of a teacher's answers.
   *
   * @param mask of the whole view
   * @throws IllegalArgumentException if the grid's cells do not cover just this mask
   */
  public static MaskTruth of(SegmentationMask mask, OutputShape output) {
    SegmentationMask cells = mask.subsampled(output.stride());
    if (cells.height() != output.height() || cells.width() != output.width()) {
      throw new IllegalArgumentException("%s is not the truth of %s".formatted(mask, output));
    }
    return new MaskTruth(cells);
  }

  /**
   * Compares an answer with the truth.
   *
   * @param row logits [K, h, w], finite
   * @return empty if no cell counts, or if the truth has a class that the teacher does not have
   */
  public Optional<Evaluation> evaluate(float[] row, OutputShape output) {
    int classes = output.channels();
    if (!cells.hasOnlyClassesBelow(classes)) {
      return Optional.empty();
    }
    double[] logs = new double[classes];
    double loss = 0;
    int counted = 0;
    for (int i = 0; i < output.cells(); i++) {
      int truth = cells.at(i);
      if (truth == SegmentationMask.IGNORE) {
        continue;
      }
      ProbabilityAverager.logSoftmax(row, output.cells(), i, logs);
      loss -= logs[truth];
      counted++;
    }
    return counted == 0
        ? Optional.empty()
        : Optional.of(
            new Evaluation(
                classes,
                cells,
                SegmentationMask.ofCells(row, output),
                Math.max(0, loss / counted)));
  }
}
