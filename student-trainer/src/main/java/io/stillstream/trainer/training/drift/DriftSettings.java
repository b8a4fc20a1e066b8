package io.stillstream.trainer.training.drift;

import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.config.SettingRanges;

/**
 * When the stream has drifted, and what is done about it.
 *
 * @param delta of {@link Adwin}, for each signal
 * @param relearn whether the stored views of a class that the teacher now names otherwise are
 *     forgotten, and the moving average warms up anew
 * @param learningRateFactor that the rate is multiplied with after a drift; 1 leaves it
 * @param learningRateSteps for how many steps
 * @param raiseLabelBudget whether progress is reported to the labeler at once
 */
public record DriftSettings(
    @Default("0.0001") double delta,
    @Default("true") boolean relearn,
    @Default("1.0") double learningRateFactor,
    @Default("1000") long learningRateSteps,
    @Default("true") boolean raiseLabelBudget) {

  public DriftSettings {
    if (!(delta > 0 && delta < 1)) {
      throw new IllegalArgumentException("delta must be above 0 and below 1, was " + delta);
    }
    SettingRanges.requirePositive("learning-rate-factor", learningRateFactor);
    SettingRanges.requireAtLeast(1, "learning-rate-steps", learningRateSteps);
  }
}
