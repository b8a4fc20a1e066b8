package io.stillstream.trainer.checkpoint;

import io.stillstream.trainer.checkpoint.store.CheckpointContent;
import io.stillstream.trainer.checkpoint.store.CheckpointStore;
import io.stillstream.trainer.checkpoint.store.WrittenCheckpoint;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes checkpoints in a background thread, one at a time. For one caller thread. */
public final class AsyncCheckpointWriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AsyncCheckpointWriter.class);

  private final CheckpointStore checkpoints;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread writer = new Thread(task, "checkpoint-writer");
            writer.setDaemon(true);
            return writer;
          });

  private Future<WrittenCheckpoint> writing;

  public AsyncCheckpointWriter(CheckpointStore checkpoints) {
    this.checkpoints = checkpoints;
  }

  /**
   * Begins to write a checkpoint; the one before has to be finished.
   *
   * @param content that nothing changes any more
   */
  void begin(CheckpointContent content) {
    if (writing != null) {
      throw new IllegalStateException("a checkpoint is being written");
    }
    writing = thread.submit(() -> checkpoints.write(content));
  }

  /** Whether {@link #finish} would have to wait. */
  boolean isBusy() {
    return writing != null && !writing.isDone();
  }

  /** Waits for what was begun, for a bounded time; whether {@link #finish} need not wait now. */
  boolean await(Duration atMost) throws InterruptedException {
    try {
      Object unused = writing.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (ExecutionException e) {
      // Thrown by finish.
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  /**
   * Waits until what was begun is durable.
   *
   * @throws IOException if it could not be written
   */
  WrittenCheckpoint finish() throws IOException, InterruptedException {
    Future<WrittenCheckpoint> finishing = writing;
    try {
      WrittenCheckpoint written = finishing.get();
      writing = null;
      return written;
    } catch (ExecutionException e) {
      writing = null;
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("checkpoint: " + e.getCause(), e.getCause());
    }
  }

  /** Waits for what is being written, so that nothing is when the directory's lock is given up. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(1, TimeUnit.MINUTES)) {
        LOG.atWarn().log("A checkpoint is still being written");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
