package io.stillstream.local.ingest;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/** Keeps a loop to a rate; what was missed while it was held up is not made good by a burst. */
final class IngestRateLimiter {
  private final long nanosBetween;
  private final LongSupplier nanoTime;
  private long next;

  /**
   * @param perSecond above 0; infinite for no limit
   */
  IngestRateLimiter(double perSecond, LongSupplier nanoTime) {
    this.nanosBetween = (long) (TimeUnit.SECONDS.toNanos(1) / perSecond);
    this.nanoTime = nanoTime;
    this.next = nanoTime.getAsLong();
  }

  /** Waits for its turn. */
  void await() {
    long wait = turn();
    long until = nanoTime.getAsLong() + wait;
    while (wait > 0 && !Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(wait);
      wait = until - nanoTime.getAsLong();
    }
  }

  /** Nanoseconds until the turn that it takes. */
  long turn() {
    long now = nanoTime.getAsLong();
    long mine = Math.max(now, next);
    next = mine + nanosBetween;
    return mine - now;
  }
}
