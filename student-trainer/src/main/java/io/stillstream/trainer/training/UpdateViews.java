package io.stillstream.trainer.training;

import io.stillstream.trainer.training.buffer.ReplayDraws;
import io.stillstream.trainer.training.example.TrainingExample;
import java.util.ArrayList;
import java.util.List;

/**
 * Chooses the views of updates. Whether it draws or looks ahead, the same calls in the same order
 * give the same views.
 *
 * @param draws views that have been seen before
 * @param batchSize views of an update
 */
record UpdateViews(ReplayDraws draws, int batchSize) {
  /** The fresh views, filled up to a batch. */
  List<TrainingExample> first(List<TrainingExample> fresh, long step) {
    List<TrainingExample> views = new ArrayList<>(fresh);
    if (draws.size() > 0) {
      draws.drawInto(views, batchSize - views.size(), step);
    } else if (views.size() == 1) {
      // Batch norm after a linear layer refuses a batch of one.
      views.add(views.get(0));
    }
    return views;
  }

  /**
   * Of a later update.
   *
   * @param replays whether there are enough seen views; else the fresh ones come again
   */
  List<TrainingExample> later(List<TrainingExample> fresh, boolean replays, long step) {
    return first(replays ? List.of() : fresh, step);
  }
}
