package io.stillstream.trainer.training;

/**
 * What one optimiser step saw, before it changed the weights.
 *
 * @param loss what was minimised
 * @param distillation its part from the teacher
 * @param labels its part from the labels
 * @param gradientNorm global norm before clipping
 * @param rate in force at this step, its factor included
 * @param skipped whether loss or gradients were not finite: then nothing was changed
 */
public record StepReport(
    double loss,
    double distillation,
    double labels,
    double gradientNorm,
    double rate,
    boolean skipped) {}
