package io.stillstream.trainer.torch.loss;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.trainer.training.example.BatchTargets;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.hyperparameters.LossSettings;

/**
 * What a student minimises: per cell, a·distillation + b·cross-entropy with the label, summed over
 * the batch and divided by its total. The batch says a and b of each cell. A classification and an
 * embedding have one cell in each view; for an embedding there is no cross-entropy.
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
          case COSINE -> new CosineLoss(manager);
          case CROSS_ENTROPY -> (scope, student, teacher, weights, batch) -> zero(scope);
        };
  }

  /** The parts of a loss, each a scalar tensor. */
  public record LossParts(NDArray total, NDArray distillation, NDArray labels) {}

  /**
   * Builds the graph.
   *
   * @param scope owns what is made, and has to stay open until the graph is done with
   * @param output of the student [N, K], [N, K, h, w] or [N, D]
   */
  public LossParts of(NDManager scope, NDArray output, TrainingBatch batch) {
    BatchTargets targets = batch.targets();
    NDArray teacher = scope.create(targets.logits(), shape(batch));
    NDArray teacherShares = shares(scope, targets.teacherWeights(), batch.total(), batch);

    NDArray distilled = distillation.of(scope, output, teacher, teacherShares, batch);
    NDArray crossEntropy =
        batch.output().task() == ModelTask.EMBEDDING
            ? zero(scope)
            : crossEntropy(scope, output, batch);
    return new LossParts(distilled.add(crossEntropy), distilled, crossEntropy);
  }

  private static NDArray crossEntropy(NDManager scope, NDArray output, TrainingBatch batch) {
    NDArray labels = scope.create(batch.targets().labels(), shape(batch));
    NDArray shares = shares(scope, batch.targets().labelWeights(), -batch.total(), batch);
    return labels.mul(shares).mul(output.logSoftmax(1)).sum();
  }

  private static NDArray zero(NDManager scope) {
    return scope.create(new float[1]).sum();
  }

  private static Shape shape(TrainingBatch batch) {
    return new Shape(batch.output().batch(batch.size()));
  }

  private static NDArray shares(
      NDManager scope, float[] weights, double divisor, TrainingBatch batch) {
    float[] shares = new float[weights.length];
    for (int i = 0; i < weights.length; i++) {
      shares[i] = (float) (weights[i] / divisor);
    }
    return scope.create(shares, new Shape(batch.output().batchOfCells(batch.size())));
  }
}
