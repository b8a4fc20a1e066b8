package io.stillstream.trainer.training.evaluation;

/**
 * How a model did in an exam.
 *
 * @param examples that it was examined on
 * @param accuracy share that it named right, 0 to 1
 * @param loss mean cross-entropy with the answers, in nats; not finite if a prediction is not
 */
public record EvaluationResult(int examples, double accuracy, double loss) {}
