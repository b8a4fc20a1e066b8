package io.stillstream.trainer.training.example;

import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.trainer.training.hyperparameters.MinConfidenceSettings;
import java.util.Optional;

/**
 * Decides whether a teacher is sure enough of the classes of a view, or of one of its cells. Of an
 * answer with the largest logits only, it takes what is least sure and fits the answer: the mass of
 * the other classes lies on all of them alike for the entropy, and on one of them for a margin of
 * which the second class is not known.
 */
final class ConfidenceThreshold {
  private final OutputShape output;
  private final Optional<MinConfidenceSettings> settings;

  /**
   * @param settings empty where every answer counts
   */
  ConfidenceThreshold(OutputShape output, Optional<MinConfidenceSettings> settings) {
    this.output = output;
    this.settings = settings;
  }

  /**
   * Whether the answer counts for a cell.
   *
   * @param row of the answer, mirrored as the view is, see {@link OutputShape}
   * @param cell index in the grid; 0 for a classification
   */
  boolean isReached(PackedAnswer answer, float[] row, int cell) {
    if (settings.isEmpty() || output.channels() == 1) {
      return true;
    }
    MinConfidenceSettings least = settings.get();
    int cells = output.cells();
    double first = Double.NEGATIVE_INFINITY;
    double second = Double.NEGATIVE_INFINITY;
    for (int i = cell; i < row.length; i += cells) {
      second = Math.max(second, Math.min(first, row[i]));
      first = Math.max(first, row[i]);
    }
    double sum = 0;
    double moment = 0;
    for (int i = cell; i < row.length; i += cells) {
      double below = row[i] - first;
      double share = Math.exp(below);
      sum += share;
      moment += share * below;
    }
    double top = 1 / sum;
    if (least.probability().isPresent()) {
      return top >= least.probability().get();
    }
    if (least.margin().isPresent()) {
      double next = answer.known() == 1 ? Math.min(top, 1 - top) : Math.exp(second - first) / sum;
      return top - next >= least.margin().get();
    }
    double entropy = Math.log(sum) - moment / sum;
    return entropy <= least.entropy().orElseThrow() * Math.log(output.channels());
  }
}
