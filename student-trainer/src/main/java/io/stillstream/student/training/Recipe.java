package io.stillstream.student.training;

/**
 * How a student is trained.
 *
 * @param learningRate of AdamW, constant
 * @param weightDecay decoupled, on weights only
 * @param clip largest global norm of the gradients
 * @param maxDecay largest decay of the moving average
 * @param temperature T of distillation
 * @param alpha weight of distillation where a view has a label too; the label has 1 − alpha
 * @param seed of everything random
 */
public record Recipe(
    double learningRate,
    double weightDecay,
    double clip,
    double maxDecay,
    double temperature,
    double alpha,
    long seed) {}
