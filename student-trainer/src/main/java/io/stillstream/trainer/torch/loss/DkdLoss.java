package io.stillstream.trainer.torch.loss;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.hyperparameters.LossSettings.DkdSettings;

/**
 * Zhao et al., "Decoupled Knowledge Distillation", CVPR 2022: T²·(α·KL of target class against the
 * rest + β·KL of the other classes among each other), all at temperature T. The target is the
 * label's class, of a mixed label the one with more weight; without a label it is the class that
 * the teacher puts first.
 *
 * <p>Probabilities stay logarithms throughout: 1 − p of a confident student would be rounded to 0.
 */
final class DkdLoss implements DistillationLoss {
  /** Takes a class out of a softmax; beyond any logit, and small enough to be added to one. */
  private static final float AWAY = -1e9f;

  private final NDArray temperature;
  private final NDArray alpha;
  private final NDArray beta;

  /**
   * @param manager lives as long as this
   */
  DkdLoss(NDManager manager, double temperature, DkdSettings settings) {
    double square = temperature * temperature;
    this.temperature = manager.create((float) temperature);
    this.alpha = manager.create((float) (square * settings.alpha()));
    this.beta = manager.create((float) (square * settings.beta()));
  }

  @Override
  public NDArray of(
      NDManager scope, NDArray student, NDArray teacher, NDArray weights, TrainingBatch batch) {
    int[] targets = batch.targets().classes().clone();
    float[] logits = batch.targets().logits();
    int[] first = tops(logits, batch.classes(), new int[0]);
    for (int i = 0; i < targets.length; i++) {
      targets[i] = targets[i] < 0 ? first[i] : targets[i];
    }
    NDArray target = mask(scope, targets, batch.classes(), 1);
    NDArray away = mask(scope, targets, batch.classes(), AWAY);
    DecoupledLogProbabilities t = split(scope, teacher, logits, target, away, targets);
    DecoupledLogProbabilities s =
        split(scope, student, student.toFloatArray(), target, away, targets);

    NDArray targetAndRest =
        t.target.exp().mul(t.target.sub(s.target)).add(t.rest.exp().mul(t.rest.sub(s.rest)));
    NDArray others = RowReductions.sum(t.others.exp().mul(t.others.sub(s.others)));
    return targetAndRest.mul(alpha).add(others.mul(beta)).mul(weights).sum();
  }

  /**
   * Logarithms of probabilities.
   *
   * @param target of the target class, [N, 1]
   * @param rest of all others together, [N, 1]
   * @param others among each other, [N, K], the target far below all
   */
  private record DecoupledLogProbabilities(NDArray target, NDArray rest, NDArray others) {}

  private DecoupledLogProbabilities split(
      NDManager scope,
      NDArray logits,
      float[] values,
      NDArray target,
      NDArray away,
      int[] targets) {
    int k = values.length / targets.length;
    NDArray soft = logits.div(temperature);
    NDArray all = soft.logSoftmax(1);
    NDArray others = soft.add(away).logSoftmax(1);
    // For any other class, log p = log(1 − p of the target) + log p among the others. That of the
    // largest other is the one that loses no digits.
    NDArray largest = mask(scope, tops(values, k, targets), k, 1);
    NDArray rest = RowReductions.sum(all.sub(others).mul(largest));
    return new DecoupledLogProbabilities(RowReductions.sum(all.mul(target)), rest, others);
  }

  /** The class with the largest value of each row, the excluded one aside. */
  private static int[] tops(float[] values, int k, int[] excluded) {
    int[] tops = new int[values.length / k];
    for (int i = 0; i < tops.length; i++) {
      int out = excluded.length == 0 ? -1 : excluded[i];
      int top = out == 0 ? k - 1 : 0;
      for (int c = 0; c < k; c++) {
        top = c != out && values[i * k + c] > values[i * k + top] ? c : top;
      }
      tops[i] = top;
    }
    return tops;
  }

  private static NDArray mask(NDManager scope, int[] classes, int k, float value) {
    float[] mask = new float[classes.length * k];
    for (int i = 0; i < classes.length; i++) {
      mask[i * k + classes[i]] = value;
    }
    return scope.create(mask, new Shape(classes.length, k));
  }
}
