package io.stillstream.labeler.result;

import io.stillstream.labeler.teachers.ProbabilityAverager;
import io.stillstream.schemas.values.Logits;
import java.util.Optional;

/**
 * The known class, or classes, of a view.
 *
 * @param primary a class, from 0
 * @param secondary the other class of a mixed view, or the same again
 * @param weight of the primary class, 0 to 1; the secondary one has the rest
 */
public record GroundTruth(int primary, int secondary, double weight) {
  /**
   * A teacher's logits compared with the truth.
   *
   * @param correct whether the top class is the true one; empty for mixed views, which have two
   *     true classes
   * @param loss cross entropy in nats, weighted for mixed views
   */
  public record Evaluation(Optional<Boolean> correct, double loss) implements TruthEvaluation {}

  /** A view that shows one class. */
  public static GroundTruth of(int primary) {
    return new GroundTruth(primary, primary, 1);
  }

  /**
   * Compares logits with the truth.
   *
   * @param logits [K], finite
   * @return empty if the teacher does not have the true class
   */
  public Optional<Evaluation> evaluate(float[] logits) {
    if (!isClass(primary, logits) || !isClass(secondary, logits)) {
      return Optional.empty();
    }
    int top = Logits.top(logits);
    double[] logs = ProbabilityAverager.logSoftmax(logits);
    double loss = -weight * logs[primary] - (1 - weight) * logs[secondary];
    return Optional.of(
        new Evaluation(
            secondary == primary ? Optional.of(top == primary) : Optional.empty(),
            Math.max(0, loss)));
  }

  private static boolean isClass(int index, float[] logits) {
    return index >= 0 && index < logits.length;
  }
}
