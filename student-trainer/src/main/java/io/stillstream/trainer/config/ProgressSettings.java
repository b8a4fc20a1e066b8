package io.stillstream.trainer.config;

import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.config.SettingRanges;
import java.time.Duration;

/**
 * Progress of the student, reported to the labeler.
 *
 * @param every how often
 * @param images latest images that it is about, at most
 */
public record ProgressSettings(@Default("5s") Duration every, @Default("500") int images) {
  public ProgressSettings {
    SettingRanges.requirePositive("every", every);
    SettingRanges.requireAtLeast(1, "images", images);
  }
}
