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
 * @param logits of the views of the step, [N·K] row by row; not to be changed; empty unless the
 *     task is classification
 */
@SuppressWarnings("ArrayRecordComponent") // made once for a step, then only read
public record StepReport(
    double loss,
    double distillation,
    double labels,
    double gradientNorm,
    double rate,
    boolean skipped,
    float[] logits) {}
