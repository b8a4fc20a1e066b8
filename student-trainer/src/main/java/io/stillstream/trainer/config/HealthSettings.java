package io.stillstream.trainer.config;

import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.config.SettingRanges;
import java.time.Duration;

/**
 * Says when the trainer counts as not live.
 *
 * @param maxStall longest time that the training thread may go without a heartbeat, which comes
 *     after each batch of training and evaluation
 */
public record HealthSettings(@Default("5m") Duration maxStall) {
  private static final Duration LEAST = Duration.ofSeconds(1);

  public HealthSettings {
    SettingRanges.requireAtLeast(LEAST, "max-stall", maxStall);
  }
}
