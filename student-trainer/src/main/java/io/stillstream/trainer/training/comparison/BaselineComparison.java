package io.stillstream.trainer.training.comparison;

import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.example.TrainingExample;
import java.util.List;

/**
 * Compares what the student predicts for original images with the predictions of a baseline model.
 * Has no side effects: a failed batch can be compared again.
 */
@FunctionalInterface
public interface BaselineComparison {
  /** There is no baseline. */
  BaselineComparison NONE = (originals, batch, answers) -> List.of();

  /**
   * Compares predictions of images that the student has not trained on.
   *
   * @param originals at least one
   * @param batch the same images
   * @param answers of the student, row by row
   * @return the scores for each image that counts, as {@link PairedComparison#count} takes them
   */
  List<PairedScore> compare(List<TrainingExample> originals, TrainingBatch batch, float[] answers);
}
