package io.stillstream.trainer.config;

import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.config.SettingRanges;
import java.time.Duration;

/**
 * Says when the trainer counts as dead.
 *
 * @param maxStall longest time that the training thread may go without a sign of life: it gives one
 *     after each batch that it trains on or examines
 */
public record HealthSettings(@Default("5m") Duration maxStall) {
  private static final Duration LEAST = Duration.ofSeconds(1);

  public HealthSettings {
    SettingRanges.requireAtLeast(LEAST, "max-stall", maxStall);
  }
}
