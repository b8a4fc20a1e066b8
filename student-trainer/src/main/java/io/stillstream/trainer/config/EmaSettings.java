package io.stillstream.trainer.config;

import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.config.SettingRanges;

/** The largest decay of the moving average. */
public record EmaSettings(@Default("0.999") double maxDecay) {
  public EmaSettings {
    SettingRanges.requireShareBelowOne("max-decay", maxDecay);
  }
}
