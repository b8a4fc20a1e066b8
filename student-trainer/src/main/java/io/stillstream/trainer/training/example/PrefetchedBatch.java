package io.stillstream.trainer.training.example;

import io.stillstream.trainer.training.decode.DecodePool;
import io.stillstream.trainer.training.decode.DecodePriority;
import io.stillstream.trainer.training.decode.DecodeTask;
import java.util.List;
import java.util.function.Function;

/**
 * A batch that is built ahead, as it will probably be asked for. The caller closes it, whether it
 * was used or not.
 */
public final class PrefetchedBatch implements AutoCloseable {
  private final BatchPrefetcher owner;
  private final List<TrainingExample> views;
  private final DecodePriority priority;
  private DecodeTask<BuiltBatch> task;
  private BuiltBatch built;
  private boolean closed;

  PrefetchedBatch(BatchPrefetcher owner, List<TrainingExample> views, DecodePriority priority) {
    this.owner = owner;
    this.views = List.copyOf(views);
    this.priority = priority;
  }

  DecodePriority priority() {
    return priority;
  }

  boolean isStarted() {
    return task != null;
  }

  /** Has it built. */
  void start(DecodePool pool, Function<List<TrainingExample>, BuiltBatch> building) {
    task = pool.submit(priority, () -> keep(building.apply(views)));
  }

  /** Runs in a thread of the pool: if the batch is no longer needed, its buffer is free. */
  private synchronized BuiltBatch keep(BuiltBatch batch) {
    if (closed) {
      owner.buffers().give(batch.buffer());
    } else {
      built = batch;
    }
    return batch;
  }

  /** Whether it is a batch of these very views, in their order. */
  boolean isOf(List<TrainingExample> others) {
    if (views.size() != others.size()) {
      return false;
    }
    for (int i = 0; i < views.size(); i++) {
      if (!isSame(views.get(i), others.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isSame(TrainingExample one, TrainingExample other) {
    return one.pixels() == other.pixels()
        && one.answer() == other.answer()
        && one.maskFile() == other.maskFile()
        && one.target().equals(other.target())
        && one.isMirrored() == other.isMirrored();
  }

  /**
   * The batch, which belongs to the caller from now on.
   *
   * @throws RuntimeException or Error, what building it has thrown
   */
  BuiltBatch take() {
    BuiltBatch batch = task.join();
    synchronized (this) {
      built = null;
      closed = true;
    }
    return batch;
  }

  /** Gives it up if it was not used. */
  @Override
  public void close() {
    owner.giveUp(this);
    synchronized (this) {
      if (built != null) {
        owner.buffers().give(built.buffer());
        built = null;
      }
      closed = true;
    }
    if (task != null) {
      // If it has begun, it goes on, and gives its buffer back itself.
      boolean unused = task.cancel(false);
    }
  }
}
