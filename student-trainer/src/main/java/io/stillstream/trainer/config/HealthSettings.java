package io.stillstream.trainer.config;

import io.stillstream.runtime.config.Default;
import java.time.Duration;

/**
 * Says when the trainer counts as dead.
 *
 * @param maxStall longest time that the training thread may go without a heartbeat, which comes
 *     after each batch of training and evaluation
 */
public record HealthSettings(@Default("5m") Duration maxStall) {
  private static final Duration LEAST = Duration.ofSeconds(1);

  public HealthSettings {
    if (maxStall.compareTo(LEAST) < 0) {
      throw new IllegalArgumentException(
          "max-stall must be at least %ds, was %dms"
              .formatted(LEAST.toSeconds(), maxStall.toMillis()));
    }
  }
}
