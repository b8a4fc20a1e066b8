package io.stillstream.trainer.training.accuracy;

import java.util.Map;

/**
 * The result of a model on an evaluation set.
 *
 * @param examples that it was evaluated on
 * @param score by which models are compared: share that it classified correctly, mean intersection
 *     over union, or mean cosine with the teacher; NaN without examples
 * @param measures what was measured, the score among them; empty without examples
 */
public record EvaluationResult(int examples, double score, Map<Measure, Double> measures) {
  public EvaluationResult {
    measures = Map.copyOf(measures);
  }

  /** Without examples. */
  static EvaluationResult none() {
    return new EvaluationResult(0, Double.NaN, Map.of());
  }

  /**
   * Of a classification.
   *
   * @param loss mean cross-entropy with the answers, in nats; not finite if a prediction is not
   */
  public static EvaluationResult ofClasses(int examples, double accuracy, double loss) {
    return new EvaluationResult(
        examples,
        accuracy,
        Map.of(Measure.HELD_OUT_ACCURACY, accuracy, Measure.HELD_OUT_LOSS, loss));
  }
}
