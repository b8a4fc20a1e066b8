package io.stillstream.trainer.replica;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Metrics of copying; docs/metrics.md has names and alerts. */
public interface ReplicaMetrics {
  /** A checkpoint is in the store, after this time, with so many bytes. */
  void copied(Duration took, long bytes);

  /** Copying failed; it is tried again. */
  void failed();

  /**
   * How far the store is behind.
   *
   * @param since when what is not copied became durable; empty if all is copied
   * @param steps between the newest checkpoint and the newest that is copied
   */
  void behind(Optional<Instant> since, long steps);
}
