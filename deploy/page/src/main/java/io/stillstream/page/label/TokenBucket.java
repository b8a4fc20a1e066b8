package io.stillstream.page.label;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Lets so many through in a minute, all of them at once if they come at once. */
final class TokenBucket {
  private static final double NANOS_PER_MINUTE = TimeUnit.MINUTES.toNanos(1);

  private final int perMinute;
  private final LongSupplier nanoTime;
  private double tokens;
  private long filledAt;

  TokenBucket(int perMinute, LongSupplier nanoTime) {
    this.perMinute = perMinute;
    this.nanoTime = nanoTime;
    this.tokens = perMinute;
    this.filledAt = nanoTime.getAsLong();
  }

  synchronized boolean tryTake() {
    long now = nanoTime.getAsLong();
    tokens = Math.min(perMinute, tokens + perMinute * ((now - filledAt) / NANOS_PER_MINUTE));
    filledAt = now;
    if (tokens < 1) {
      return false;
    }
    tokens--;
    return true;
  }
}
