package io.stillstream.schemas.wire;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Tracks since when ids have been unknown to the registry. A replica may learn an id later, so for
 * some time an unknown id does not mean a bad record. Thread-safe, bounded.
 */
final class UnknownSchemaIds {
  private static final int MOST = 1_000;

  private final long timeoutNanos;
  private final LongSupplier nanoClock;
  private final Map<Integer, Long> since = new LinkedHashMap<>();

  /**
   * @param timeout negative for none: unknown ids are awaited forever
   */
  UnknownSchemaIds(Duration timeout, LongSupplier nanoClock) {
    // A time-out beyond 292 years is none, either.
    this.timeoutNanos = TimeUnit.MILLISECONDS.toNanos(timeout.toMillis());
    this.nanoClock = nanoClock;
  }

  /**
   * Records that the registry does not know the id; returns whether it has been unknown for longer
   * than the time-out.
   */
  synchronized boolean expired(int id) {
    long now = nanoClock.getAsLong();
    Long first = since.putIfAbsent(id, now);
    if (since.size() > MOST) {
      since.remove(since.keySet().iterator().next());
    }
    return timeoutNanos >= 0 && now - (first == null ? now : first) >= timeoutNanos;
  }

  /** Resets all ids. */
  synchronized void clear() {
    since.clear();
  }

  /** Resets this id: the registry knows it, or is unavailable. */
  synchronized void remove(int id) {
    since.remove(id);
  }
}
