package io.stillstream.student;

import io.stillstream.runtime.Default;
import java.time.Duration;

/**
 * How several partitions become one stream.
 *
 * @param maxWait how long after its timestamp a record waits for others that might come before it
 */
public record MergeSettings(@Default("2s") Duration maxWait) {
  public MergeSettings {
    if (maxWait.isNegative()) {
      throw new IllegalArgumentException(
          "max-wait must not be negative, was " + maxWait.toMillis() + "ms");
    }
  }
}
