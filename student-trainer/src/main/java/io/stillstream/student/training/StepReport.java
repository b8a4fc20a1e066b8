package io.stillstream.student.training;

/**
 * What one optimiser step saw, before it changed the weights.
 *
 * @param loss what was minimised
 * @param distillation its part from the teacher
 * @param labels its part from the labels
 * @param gradientNorm global norm before clipping
 */
public record StepReport(double loss, double distillation, double labels, double gradientNorm) {}
