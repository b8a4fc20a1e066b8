package io.stillstream.trainer.input;

import io.stillstream.schemas.registry.RegistryUnavailableException;
import io.stillstream.trainer.training.decode.DecodePool;
import io.stillstream.trainer.training.decode.DecodePriority;
import io.stillstream.trainer.training.decode.DecodeTask;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Reads a record ahead, and again after a failure. Belongs to the loop's thread.
 *
 * @param <T> what it is read as
 */
final class RecordTask<T> {
  private final DecodePool pool;
  private final Supplier<T> reading;
  private DecodeTask<T> task;

  /**
   * @param reading called by any thread
   */
  RecordTask(DecodePool pool, Supplier<T> reading) {
    this.pool = pool;
    this.reading = reading;
    this.task = pool.submit(DecodePriority.RECORD, reading);
  }

  /** Whether it has been read, or that has failed. */
  boolean isDone() {
    return task.isDone();
  }

  /** What was read by now; empty also if that failed. */
  Optional<T> peek() {
    if (!task.isDone()) {
      return Optional.empty();
    }
    try {
      return Optional.of(task.join());
    } catch (RuntimeException | Error e) {
      // It is thrown again when it is the record's turn.
      return Optional.empty();
    }
  }

  /**
   * The record, waiting for it if need be. After a failure the next call tries anew. A registry
   * that was away a while ago is asked again at once.
   *
   * @throws RuntimeException or Error, why it cannot be read
   */
  T take() {
    boolean old = task.isDone();
    try {
      return task.join();
    } catch (RegistryUnavailableException e) {
      task = pool.later(reading);
      if (!old) {
        throw e;
      }
      return take();
    } catch (RuntimeException | Error e) {
      task = pool.later(reading);
      throw e;
    }
  }
}
