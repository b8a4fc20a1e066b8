package io.stillstream.runtime.service;

import java.time.Duration;

/**
 * Waiting times of a loop that tries again until a broker or registry answers: each is twice the
 * one before, up to a longest one. The loop does the waiting itself. For one thread.
 */
public final class RetryBackoff {
  private final Duration first;
  private final Duration longest;
  private Duration next;

  /** From 100 ms to 10 s. */
  public RetryBackoff() {
    this(Duration.ofMillis(100), Duration.ofSeconds(10));
  }

  public RetryBackoff(Duration first, Duration longest) {
    this.first = first;
    this.longest = longest;
    this.next = first;
  }

  /** How long to wait now. */
  public Duration next() {
    Duration now = next;
    Duration doubled = now.multipliedBy(2);
    next = doubled.compareTo(longest) > 0 ? longest : doubled;
    return now;
  }

  /** After a success: the next wait is the first one again. */
  public void reset() {
    next = first;
  }
}
