package io.stillstream.page;

/**
 * When it is time again for something that may be expensive: not before its interval is over, and
 * not so soon that it takes more than its share of one processor.
 */
final class DutyCycleLimiter {
  private static final double SHARE = 0.01;

  private final long intervalNanos;
  private long due;
  private boolean began;

  DutyCycleLimiter(long intervalNanos) {
    this.intervalNanos = intervalNanos;
  }

  boolean isDue(long now) {
    return !began || now - due >= 0;
  }

  /** It was begun at that time, and took so much of a processor. */
  void record(long began, long busyNanos) {
    this.began = true;
    this.due = began + Math.max(intervalNanos, (long) (busyNanos / SHARE));
  }
}
