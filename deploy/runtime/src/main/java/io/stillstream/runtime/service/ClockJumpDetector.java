package io.stillstream.runtime.service;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Notices that the time of day was set back, which a clock that only counts on does not take part
 * in. Belongs to one thread.
 */
final class ClockJumpDetector {
  /** A smaller step is not reported: clients wait for that long. */
  static final Duration TOLERANCE = Duration.ofSeconds(10);

  private final InstantSource wall;
  private final LongSupplier nanos;
  private long wallMillis;
  private long afterNanos;

  /**
   * @param wall the time of day
   * @param nanos a clock that only counts on
   */
  ClockJumpDetector(InstantSource wall, LongSupplier nanos) {
    this.wall = wall;
    this.nanos = nanos;
    this.wallMillis = wall.millis();
    this.afterNanos = nanos.getAsLong();
  }

  /** By how much at least the time of day has been set back since the last look, if it has. */
  Optional<Duration> check() {
    // The process may stand still between any two of these lines; the least that can have passed
    // between the two times of day is from behind the former to before this one.
    long before = nanos.getAsLong();
    long now = wall.millis();
    Duration passed = Duration.ofNanos(before - afterNanos);
    Duration shown = Duration.ofMillis(now - wallMillis);
    wallMillis = now;
    afterNanos = nanos.getAsLong();
    Duration back = passed.minus(shown);
    return back.compareTo(TOLERANCE) > 0 ? Optional.of(back) : Optional.empty();
  }
}
