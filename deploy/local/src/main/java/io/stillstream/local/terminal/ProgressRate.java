package io.stillstream.local.terminal;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalDouble;

/**
 * How fast a task goes: what was done per second within a window that ends now. A pure function of
 * what it is told; holds a bounded number of samples.
 */
final class ProgressRate {
  private static final int SAMPLES = 20;

  private final long window;
  private final Deque<Sample> samples = new ArrayDeque<>();

  private record Sample(long nanos, long done) {}

  /**
   * @param startedAt nanoseconds on any clock that never goes back
   */
  ProgressRate(Duration window, long startedAt) {
    this.window = window.toNanos();
    samples.add(new Sample(startedAt, 0));
  }

  /**
   * Takes a sample, if the last one is old enough.
   *
   * @param nanos on the same clock
   * @param done in all so far
   */
  void add(long nanos, long done) {
    if (nanos - samples.getLast().nanos() < window / SAMPLES) {
      return;
    }
    samples.addLast(new Sample(nanos, done));
    // The first one that is left is as old as the window, or a little older.
    while (samples.size() > 2 && nanos - second().nanos() >= window) {
      samples.removeFirst();
    }
  }

  /** Per second; empty before any time has passed. */
  OptionalDouble perSecond(long nanos, long done) {
    Sample first = samples.getFirst();
    long elapsed = nanos - first.nanos();
    return elapsed <= 0
        ? OptionalDouble.empty()
        : OptionalDouble.of((done - first.done()) * 1e9 / elapsed);
  }

  private Sample second() {
    var all = samples.iterator();
    all.next();
    return all.next();
  }
}
