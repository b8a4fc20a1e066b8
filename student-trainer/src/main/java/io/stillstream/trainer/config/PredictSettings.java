package io.stillstream.trainer.config;

import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.config.SettingRanges;

/**
 * What {@code POST /predict} takes.
 *
 * @param maxBytes longest body
 * @param maxPixels most pixels, rows times columns, of an image
 */
public record PredictSettings(
    @Default("8388608") int maxBytes, @Default("16000000") long maxPixels) {
  public PredictSettings {
    SettingRanges.requireAtLeast(1, "max-bytes", maxBytes);
    SettingRanges.requireAtLeast(1, "max-pixels", maxPixels);
  }
}
