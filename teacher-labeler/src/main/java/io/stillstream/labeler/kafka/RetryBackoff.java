package io.stillstream.labeler.kafka;

import java.time.Duration;

/** Waiting times that double from 100 ms to 10 s until something succeeds. */
public final class RetryBackoff {
  private static final Duration FIRST = Duration.ofMillis(100);
  private static final Duration LAST = Duration.ofSeconds(10);

  private Duration next = FIRST;

  public Duration next() {
    Duration now = next;
    next = now.multipliedBy(2).compareTo(LAST) > 0 ? LAST : now.multipliedBy(2);
    return now;
  }

  public void reset() {
    next = FIRST;
  }
}
