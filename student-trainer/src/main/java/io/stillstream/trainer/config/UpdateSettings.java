package io.stillstream.trainer.config;

import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.config.SettingRanges;
import io.stillstream.runtime.config.Shorthand;
import io.stillstream.trainer.training.UpdateScheduler;
import java.util.Optional;

/**
 * Optimiser steps per batch of fresh views: a fixed number, or as many as there is time for.
 *
 * @param min always taken
 * @param max taken while nothing waits; by default {@code min}
 */
@Shorthand("min")
public record UpdateSettings(@Default("4") int min, Optional<Integer> max) {
  public UpdateSettings {
    SettingRanges.requireAtLeast(1, "min", min);
    if (max.isPresent() && max.get() < min) {
      throw new IllegalArgumentException(
          "max must be at least min, which is " + min + ", was " + max.get());
    }
  }

  public UpdateScheduler scheduler() {
    return new UpdateScheduler(min, max.orElse(min));
  }
}
