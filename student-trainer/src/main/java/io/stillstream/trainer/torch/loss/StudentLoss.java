package io.stillstream.trainer.torch.loss;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.stillstream.trainer.training.example.BatchTargets;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.hyperparameters.LossSettings;

/**
 * What a student minimises: per view, a·distillation + b·cross-entropy with the label, summed over
 * the batch and divided by the views of the step. The batch says a and b of each view.
 */
public final class StudentLoss {
  private final DistillationLoss distillation;

  /**
   * @param manager lives as long as this
   */
  public StudentLoss(NDManager manager, LossSettings settings) {
    this.distillation =
        switch (settings.kind()) {
          case KD -> new KdLoss(manager, settings.temperature());
          case STANDARDISED -> new StandardizedKdLoss(manager, settings.temperature());
          case DKD -> new DkdLoss(manager, settings.temperature(), settings.dkd());
          case DIST -> new DistLoss(manager, settings.temperature(), settings.dist());
          case MSE -> new LogitMseLoss();
          case CROSS_ENTROPY ->
              (scope, student, teacher, weights, batch) -> scope.create(new float[1]).sum();
        };
  }

  /** The parts of a loss, each a scalar tensor. */
  public record LossParts(NDArray total, NDArray distillation, NDArray labels) {}

  /**
   * Builds the graph.
   *
   * @param scope owns what is made, and has to stay open until the graph is done with
   * @param logits of the student [N, K]
   */
  public LossParts of(NDManager scope, NDArray logits, TrainingBatch batch) {
    int n = batch.size();
    int k = batch.classes();
    BatchTargets targets = batch.targets();
    NDArray teacher = scope.create(targets.logits(), new Shape(n, k));
    NDArray labels = scope.create(targets.labels(), new Shape(n, k));
    NDArray teacherShares = shares(scope, targets.teacherWeights(), batch.total());
    NDArray labelShares = shares(scope, targets.labelWeights(), -batch.total());

    NDArray distilled = distillation.of(scope, logits, teacher, teacherShares, batch);
    NDArray crossEntropy = labels.mul(labelShares).mul(logits.logSoftmax(1)).sum();
    return new LossParts(distilled.add(crossEntropy), distilled, crossEntropy);
  }

  private static NDArray shares(NDManager scope, float[] weights, double divisor) {
    float[] shares = new float[weights.length];
    for (int i = 0; i < weights.length; i++) {
      shares[i] = (float) (weights[i] / divisor);
    }
    return scope.create(shares, new Shape(weights.length, 1));
  }
}
