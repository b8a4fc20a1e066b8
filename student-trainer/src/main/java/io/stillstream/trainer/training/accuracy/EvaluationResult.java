package io.stillstream.trainer.training.accuracy;

import io.stillstream.schemas.answer.ConfusionMatrix;
import java.util.Map;
import java.util.Optional;

/**
 * The result of a model on an evaluation set.
 *
 * @param examples that it was evaluated on
 * @param score by which models are compared: share that it classified correctly, mean intersection
 *     over union, or mean cosine with the teacher; NaN without examples
 * @param measures what was measured, the score among them; empty without examples
 * @param confusion images or pixels by true class and answer; empty without classes, and for more
 *     than {@value #MOST_CONFUSED_CLASSES}
 */
public record EvaluationResult(
    int examples,
    double score,
    Map<Measure, Double> measures,
    Optional<ConfusionMatrix> confusion) {
  /** Matrices of more classes are not kept: they take the square in memory. */
  public static final int MOST_CONFUSED_CLASSES = 100;

  public EvaluationResult {
    measures = Map.copyOf(measures);
  }

  /** Without examples. */
  static EvaluationResult none() {
    return new EvaluationResult(0, Double.NaN, Map.of(), Optional.empty());
  }

  /**
   * Of a classification.
   *
   * @param loss mean cross-entropy with the answers, in nats; not finite if a prediction is not
   * @param confusion of the examples, if it was counted
   */
  public static EvaluationResult ofClasses(
      int examples, double accuracy, double loss, Optional<ConfusionMatrix> confusion) {
    return new EvaluationResult(
        examples,
        accuracy,
        Map.of(Measure.HELD_OUT_ACCURACY, accuracy, Measure.HELD_OUT_LOSS, loss),
        confusion);
  }
}
