package io.stillstream.trainer.status;

import java.time.Duration;
import java.util.function.LongSupplier;

/** When the loop last showed that it is alive. Safe for all threads. */
public final class Heartbeat {
  private final LongSupplier nanos;
  private volatile long latest;

  /**
   * @param nanos a clock for durations
   */
  public Heartbeat(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** The loop has finished a turn, or made progress in a longer step. */
  public void beat() {
    latest = nanos.getAsLong();
  }

  /** Time since the latest beat. */
  public Duration age() {
    return Duration.ofNanos(nanos.getAsLong() - latest);
  }
}
