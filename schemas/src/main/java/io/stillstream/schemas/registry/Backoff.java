package io.stillstream.schemas.registry;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Waits between attempts: exponential with full jitter, as in "Exponential Backoff And Jitter"
 * (Brooker 2015).
 *
 * @param retries attempts after the first
 * @param first upper bound of the first wait; it doubles with every retry
 * @param longest upper bound of all waits
 */
record Backoff(
    int retries, Duration first, Duration longest, Sleeper sleeper, RandomGenerator random) {

  static Backoff of(SerdeConfig config, Sleeper sleeper, RandomGenerator random) {
    return new Backoff(
        config.getInt(SerdeConfig.MAX_RETRIES),
        config.millis(SerdeConfig.RETRIES_WAIT),
        config.millis(SerdeConfig.RETRIES_MAX_WAIT),
        sleeper,
        random);
  }

  /** Waits before retry number {@code retry}, from 0. */
  void await(int retry) {
    double bound =
        Math.min((double) longest.toMillis(), Math.scalb((double) first.toMillis(), retry));
    try {
      sleeper.sleep(Duration.ofMillis(Math.round(bound * random.nextDouble())));
    } catch (InterruptedException e) {
      // Sets the interrupt flag again.
      throw new InterruptException(e);
    }
  }
}
