package io.stillstream.trainer.training.hyperparameters;

/**
 * How a student is trained.
 *
 * @param loss what is minimised
 * @param optimiser how
 * @param maxDecay largest decay of the moving average
 * @param accumulate parts in which a batch is derived, one after the other
 * @param seed of everything random
 */
public record Hyperparameters(
    LossSettings loss, OptimiserSettings optimiser, double maxDecay, int accumulate, long seed) {}
