package io.stillstream.schemas.wire;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Since when ids have been unknown to the registry. A replica that lags behind learns an id later,
 * so for a while an unknown id says nothing about its record. Thread-safe, bounded.
 */
final class UnknownSchemaIds {
  private static final int MOST = 1_000;

  private final long timeoutNanos;
  private final LongSupplier nanoClock;
  private final Map<Integer, Long> since = new LinkedHashMap<>();

  /**
   * @param timeout negative for none: what is unknown is waited for
   */
  UnknownSchemaIds(Duration timeout, LongSupplier nanoClock) {
    // A time-out beyond 292 years is none, either.
    this.timeoutNanos = TimeUnit.MILLISECONDS.toNanos(timeout.toMillis());
    this.nanoClock = nanoClock;
  }

  /**
   * Notes that the registry does not know the id; whether it has been so for longer than the
   * time-out.
   */
  synchronized boolean expired(int id) {
    long now = nanoClock.getAsLong();
    Long first = since.putIfAbsent(id, now);
    if (since.size() > MOST) {
      since.remove(since.keySet().iterator().next());
    }
    return timeoutNanos >= 0 && now - (first == null ? now : first) >= timeoutNanos;
  }

  /** Starts anew for all. */
  synchronized void clear() {
    since.clear();
  }

  /** Starts anew for this id: the registry knows it, or is away. */
  synchronized void remove(int id) {
    since.remove(id);
  }
}
