package io.stillstream.trainer.config;

import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.config.SettingRanges;
import java.time.Duration;

/**
 * How several partitions become one stream.
 *
 * @param maxWait how long after its timestamp a record waits for others that might come before it
 * @param maxBytes of the records that wait, over all partitions; the first of each partition may
 *     wait whatever its size
 */
public record MergeSettings(@Default("2s") Duration maxWait, @Default("67108864") long maxBytes) {
  public MergeSettings {
    SettingRanges.requireNotNegative("max-wait", maxWait);
    SettingRanges.requireAtLeast(1, "max-bytes", maxBytes);
  }
}
