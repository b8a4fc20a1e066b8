package io.stillstream.trainer.training.accuracy;

/**
 * The result of a model on an evaluation set.
 *
 * @param examples that it was evaluated on
 * @param accuracy share that it classified correctly, 0 to 1
 * @param loss mean cross-entropy with the answers, in nats; not finite if a prediction is not
 */
public record EvaluationResult(int examples, double accuracy, double loss) {}
