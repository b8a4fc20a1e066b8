package io.stillstream.trainer.training.divergence;

import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.config.SettingRanges;

/**
 * What training does not put up with, and what it does then.
 *
 * @param spikeFactor standard deviations above its running mean from which on a loss is a spike
 * @param spikeBatches how many batches in a row it takes to roll back
 * @param warmUp batches before the running mean counts
 * @param span of the running mean, in batches
 * @param maxSkipped steps in a row without finite loss and gradient that it takes to roll back
 * @param rateFactor that the rate is multiplied with at a rollback
 * @param recoverySteps after which the last of those factors is taken back; 0 for never
 * @param maxRollbacks within {@code withinSteps}; instead of the next, training ends
 */
public record DivergenceSettings(
    @Default("6.0") double spikeFactor,
    @Default("3") int spikeBatches,
    @Default("50") int warmUp,
    @Default("100") int span,
    @Default("10") int maxSkipped,
    @Default("0.5") double rateFactor,
    @Default("2000") long recoverySteps,
    @Default("3") int maxRollbacks,
    @Default("10000") long withinSteps) {

  public DivergenceSettings {
    SettingRanges.requirePositive("spike-factor", spikeFactor);
    SettingRanges.requirePositiveShare("rate-factor", rateFactor);
    SettingRanges.requireAtLeast(1, "spike-batches", spikeBatches);
    SettingRanges.requireAtLeast(1, "warm-up", warmUp);
    SettingRanges.requireAtLeast(1, "span", span);
    SettingRanges.requireAtLeast(1, "max-skipped", maxSkipped);
    SettingRanges.requireAtLeast(0, "recovery-steps", recoverySteps);
    SettingRanges.requireAtLeast(0, "max-rollbacks", maxRollbacks);
    SettingRanges.requireAtLeast(1, "within-steps", withinSteps);
  }
}
