package io.stillstream.trainer.torch.loss;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.hyperparameters.LossSettings.DistSettings;

/**
 * Huang et al., "Knowledge Distillation from A Stronger Teacher" (DIST), NeurIPS 2022: T²·(β·(1 −
 * ρ) between the classes of a view + γ·(1 − ρ) between the views of a batch, class by class), with
 * ρ Pearson's correlation of the teacher's and the student's probabilities at temperature T.
 *
 * <p>Only views with logits take part in the second relation, all with the same say in ρ; the mean
 * over the classes counts with the sum of their weights, so that both relations fade alike when
 * logits become rare. With less than two such views there is none.
 */
final class DistLoss implements DistillationLoss {
  private static final int[] VIEWS = {0};
  private static final int[] CLASSES = {1};

  /** Added to squared norms: probabilities that do not vary have a gradient of 0, not NaN. */
  private static final float EPSILON = 1e-8f;

  private final NDArray temperature;
  private final NDArray beta;
  private final NDArray gamma;
  private final NDArray one;
  private final NDArray epsilon;

  /**
   * @param manager lives as long as this
   */
  DistLoss(NDManager manager, double temperature, DistSettings settings) {
    double square = temperature * temperature;
    this.temperature = manager.create((float) temperature);
    this.beta = manager.create((float) (square * settings.beta()));
    this.gamma = manager.create((float) (square * settings.gamma()));
    this.one = manager.create(1f);
    this.epsilon = manager.create(EPSILON);
  }

  @Override
  public NDArray of(
      NDManager scope, NDArray student, NDArray teacher, NDArray weights, TrainingBatch batch) {
    NDArray s = student.div(temperature).softmax(1);
    NDArray t = teacher.div(temperature).softmax(1);
    NDArray withinViews =
        RowReductions.complement(
                correlation(s.sub(RowReductions.mean(s)), t.sub(RowReductions.mean(t)), CLASSES),
                one)
            .mul(weights)
            .sum();
    NDArray loss = withinViews.mul(beta);

    float[] taught = new float[batch.size()];
    float count = 0;
    for (int i = 0; i < taught.length; i++) {
      taught[i] = batch.targets().teacherWeights()[i] > 0 ? 1 : 0;
      count += taught[i];
    }
    if (count < 2) {
      return loss;
    }
    NDArray rows = scope.create(taught, new Shape(taught.length, 1));
    NDArray views = scope.create(count);
    NDArray withinClasses =
        RowReductions.complement(
                correlation(centred(s, rows, views), centred(t, rows, views), VIEWS), one)
            .mean();
    return loss.add(withinClasses.mul(weights.sum()).mul(gamma));
  }

  /** Each column without its mean; rows that do not take part are 0. */
  private static NDArray centred(NDArray columns, NDArray rows, NDArray views) {
    return columns.sub(columns.mul(rows).sum(VIEWS, true).div(views)).mul(rows);
  }

  private NDArray correlation(NDArray a, NDArray b, int[] axis) {
    NDArray norms =
        a.mul(a).sum(axis, true).add(epsilon).mul(b.mul(b).sum(axis, true).add(epsilon)).sqrt();
    return a.mul(b).sum(axis, true).div(norms);
  }
}
