package io.stillstream.trainer.training;

import io.stillstream.trainer.training.buffer.TeacherAwareReplay;
import io.stillstream.trainer.training.decode.DecodePriority;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.PrefetchedBatch;
import io.stillstream.trainer.training.example.TrainingExample;
import java.util.ArrayList;
import java.util.List;

/**
 * Has the batches of updates built ahead, by looking at the draws that come next. It draws nothing
 * itself: where an update fails or is left out, its batch is given up, and the draws are what they
 * would have been.
 */
final class UpdatePrefetch {
  private final BatchBuilder batches;
  private final TeacherAwareReplay replay;
  private final int batchSize;
  private final List<PrefetchedBatch> open = new ArrayList<>();

  UpdatePrefetch(BatchBuilder batches, TeacherAwareReplay replay, int batchSize) {
    this.batches = batches;
    this.replay = replay;
    this.batchSize = batchSize;
  }

  /**
   * Begins with the updates of a batch.
   *
   * @param replays whether the later ones are on seen views alone
   * @param step number of the first
   */
  void begin(List<TrainingExample> fresh, boolean replays, int updates, long step) {
    close();
    if (!batches.isAhead()) {
      return;
    }
    UpdateViews ahead = new UpdateViews(replay.lookahead(), batchSize);
    prefetch(ahead.first(fresh, step));
    for (int update = 1; update < updates; update++) {
      prefetch(ahead.later(fresh, replays, step + update));
    }
  }

  /** Begins with an update on seen views alone. */
  void beginReplay(long step) {
    close();
    if (batches.isAhead()) {
      prefetch(new UpdateViews(replay.lookahead(), batchSize).later(List.of(), true, step));
    }
  }

  private void prefetch(List<TrainingExample> views) {
    open.add(batches.prefetch(views, DecodePriority.UPDATE));
  }

  /** Gives up what has not been used. */
  void close() {
    open.forEach(PrefetchedBatch::close);
    open.clear();
  }
}
