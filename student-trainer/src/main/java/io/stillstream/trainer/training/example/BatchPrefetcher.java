package io.stillstream.trainer.training.example;

import io.stillstream.trainer.training.decode.DecodePool;
import io.stillstream.trainer.training.decode.DecodePriority;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/**
 * Has batches built ahead by a {@link DecodePool}: at most {@link DecodePool#ahead} and {@value
 * #FRESH} are built and not used, the others wait. To be used by one thread.
 */
final class BatchPrefetcher {
  /** Batches of the next fresh views, of which one has the originals alone. */
  private static final int FRESH = 2;

  private final DecodePool pool;
  private final BatchBuffers buffers;
  private final Function<List<TrainingExample>, BuiltBatch> building;

  /** Those that have been asked for, and neither used nor given up; in their order. */
  private final List<PrefetchedBatch> open = new ArrayList<>();

  private BuiltBatch current;

  /**
   * @param building builds a batch; called by any thread
   */
  BatchPrefetcher(DecodePool pool, Function<List<TrainingExample>, BuiltBatch> building) {
    this.pool = pool;
    this.building = building;
    this.buffers = new BatchBuffers(2 * (pool.ahead() + FRESH) + 1);
  }

  /** Buffers for the batches. */
  BatchBuffers buffers() {
    return buffers;
  }

  boolean isAhead() {
    return pool.ahead() > 0;
  }

  /** Asks for a batch, unless the same one has been asked for. */
  PrefetchedBatch prefetch(List<TrainingExample> views, DecodePriority priority) {
    PrefetchedBatch batch = new PrefetchedBatch(this, views, priority);
    if (isAhead() && open.stream().noneMatch(other -> other.isOf(views))) {
      open.add(batch);
      startNext();
    }
    return batch;
  }

  /** A batch of these views, which is good until the next one. */
  TrainingBatch take(List<TrainingExample> views) {
    releaseCurrent();
    PrefetchedBatch found =
        open.stream().filter(batch -> batch.isOf(views)).findFirst().orElse(null);
    try {
      if (found != null) {
        open.remove(found);
      }
      current =
          found != null && found.isStarted()
              ? found.take()
              : pool.later(() -> building.apply(views)).join();
      return current.batch();
    } finally {
      startNext();
    }
  }

  /** Makes a batch the current one. */
  TrainingBatch use(BuiltBatch batch) {
    releaseCurrent();
    current = batch;
    return batch.batch();
  }

  private void releaseCurrent() {
    if (current != null) {
      buffers.give(current.buffer());
      current = null;
    }
  }

  /** Starts what is needed first. */
  private void startNext() {
    long started = open.stream().filter(PrefetchedBatch::isStarted).count();
    open.stream()
        .filter(batch -> !batch.isStarted())
        .sorted(Comparator.comparing(PrefetchedBatch::priority))
        .limit(Math.max(0, pool.ahead() + FRESH - started))
        .forEach(batch -> batch.start(pool, building));
  }

  /** Cancels a batch that is not needed any more. */
  void giveUp(PrefetchedBatch batch) {
    if (open.remove(batch)) {
      startNext();
    }
  }
}
