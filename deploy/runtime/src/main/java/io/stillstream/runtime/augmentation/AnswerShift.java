package io.stillstream.runtime.augmentation;

import io.stillstream.schemas.values.Logits;

/**
 * How far a classifier's answer is from another one, which it is compared with.
 *
 * @param sameClass whether both favour the same class
 * @param divergence KL(reference ‖ answer) of the softmaxes, nats, at least 0
 */
public record AnswerShift(boolean sameClass, double divergence) {
  /**
   * Compares two answers over the same K classes.
   *
   * @param reference logits, finite, [K]
   * @param answer logits, finite, [K]
   */
  public static AnswerShift between(float[] reference, float[] answer) {
    return between(
        Logits.top(reference), Logits.logProbabilities(reference, 0, reference.length), answer);
  }

  static AnswerShift between(int top, double[] logProbabilities, float[] answer) {
    return new AnswerShift(
        top == Logits.top(answer),
        Logits.divergence(logProbabilities, Logits.logProbabilities(answer, 0, answer.length)));
  }
}
