package io.stillstream.trainer.config;

import io.stillstream.runtime.config.Default;
import java.time.Duration;

/**
 * Progress of the student, reported to the labeler.
 *
 * @param every how often
 * @param images latest images that it is about, at most
 */
public record ProgressSettings(@Default("5s") Duration every, @Default("500") int images) {
  public ProgressSettings {
    if (every.isZero() || every.isNegative()) {
      throw new IllegalArgumentException("every must be positive, was " + every.toMillis() + "ms");
    }
    if (images < 1) {
      throw new IllegalArgumentException("images must be at least 1, was " + images);
    }
  }
}
