package io.stillstream.trainer.config;

import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.config.SettingRanges;
import java.time.Duration;

/**
 * What the labeler is told of the student.
 *
 * @param every how often
 * @param images how many of the latest it is about, at most
 */
public record ProgressSettings(@Default("5s") Duration every, @Default("500") int images) {
  public ProgressSettings {
    SettingRanges.requirePositive("every", every);
    SettingRanges.requireAtLeast(1, "images", images);
  }
}
