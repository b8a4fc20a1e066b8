package io.stillstream.trainer.checkpoint;

import io.stillstream.trainer.checkpoint.store.WrittenCheckpoint;
import io.stillstream.trainer.status.Heartbeat;
import io.stillstream.trainer.training.TrainerMetrics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the parts of checkpoints: a failure is counted and shown, training continues, and the part
 * is tried again an interval later. Belongs to the loop's thread, except {@link #failure}.
 */
public final class CheckpointAttempts {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointAttempts.class);

  /** Writing a checkpoint for longer than this is a failure of the disk. */
  private static final Duration SLOW_WRITE = Duration.ofMinutes(5);

  private final Duration every;
  private final TrainerMetrics metrics;
  private final Heartbeat heartbeat;
  private final LongSupplier nanos;
  private long last;
  private volatile String failure;

  /**
   * @param every interval of checkpoints
   * @param nanos a clock for durations
   */
  public CheckpointAttempts(
      Duration every, TrainerMetrics metrics, Heartbeat heartbeat, LongSupplier nanos) {
    this.every = every;
    this.metrics = metrics;
    this.heartbeat = heartbeat;
    this.nanos = nanos;
    this.last = nanos.getAsLong();
  }

  /** Part of a checkpoint. */
  interface Part {
    void run() throws IOException, InterruptedException;
  }

  /**
   * @return whether it succeeded
   */
  boolean run(Part part) throws InterruptedException {
    long start = nanos.getAsLong();
    boolean succeeded = false;
    try {
      part.run();
      succeeded = true;
    } catch (IOException | UncheckedIOException e) {
      metrics.checkpointFailed();
      failure = e.toString();
      LOG.atError().addKeyValue("cause", e.toString()).log("Saving failed, training goes on");
    }
    last = nanos.getAsLong();
    metrics.checkpointStalled(Duration.ofNanos(last - start));
    heartbeat.beat();
    return succeeded;
  }

  /** Everything that failed before has succeeded. */
  void clearFailure() {
    failure = null;
  }

  /** Why the last attempt failed; empty if it did not. Safe for all threads. */
  Optional<String> failure() {
    return Optional.ofNullable(failure);
  }

  /** Whether the interval since the last attempt has passed. */
  boolean isDue() {
    return nanos.getAsLong() - last >= every.toNanos();
  }

  /** Lets the next checkpoint be due at once. */
  void makeDue() {
    last = nanos.getAsLong() - every.toNanos();
  }

  /** Shows a failure if a checkpoint has been written for too long. */
  void checkDuration(PendingCheckpoint checkpoint) {
    Duration since = sinceBegun(checkpoint);
    if (since.compareTo(SLOW_WRITE) > 0) {
      failure = "a checkpoint has been on its way for " + since.toSeconds() + " s";
    }
  }

  void durable(PendingCheckpoint checkpoint, WrittenCheckpoint written) {
    metrics.checkpointed(sinceBegun(checkpoint));
    metrics.checkpointWritten(written.fileBytes(), written.segmentBytes());
  }

  private Duration sinceBegun(PendingCheckpoint checkpoint) {
    return Duration.ofNanos(nanos.getAsLong() - checkpoint.begunNanos());
  }

  void heartbeat() {
    heartbeat.beat();
  }

  long nanos() {
    return nanos.getAsLong();
  }
}
