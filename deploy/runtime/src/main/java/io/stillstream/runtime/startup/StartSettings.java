package io.stillstream.runtime.startup;

import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.config.SettingRanges;
import java.time.Duration;

/**
 * How a service starts.
 *
 * @param maxWait how long it waits for brokers, topics and stores that are away, at least a second
 */
public record StartSettings(@Default("5m") Duration maxWait) {
  private static final Duration LEAST = Duration.ofSeconds(1);

  public StartSettings {
    SettingRanges.requireAtLeast(LEAST, "max-wait", maxWait);
  }

  /** As without any setting. */
  public static StartSettings defaults() {
    return new StartSettings(Duration.ofMinutes(5));
  }
}
