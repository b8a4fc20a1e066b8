package io.stillstream.trainer.torch.loss;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.stillstream.trainer.training.example.TrainingBatch;

/**
 * Sun et al., "Logit Standardization in Knowledge Distillation", CVPR 2024: distillation between
 * logits of which each view's mean over the classes is taken away, and that are divided by their
 * standard deviation (with K in its denominator). The student need not match the teacher's range,
 * only how logits lie to each other.
 */
final class StandardizedKdLoss implements DistillationLoss {
  /** Added to the variance: logits that are all the same have a gradient of 0, not NaN. */
  private static final float EPSILON = 1e-6f;

  private final KdLoss targets;
  private final NDArray epsilon;

  /**
   * @param manager lives as long as this
   * @param temperature of the standardised logits
   */
  StandardizedKdLoss(NDManager manager, double temperature) {
    this.targets = new KdLoss(manager, temperature);
    this.epsilon = manager.create(EPSILON);
  }

  @Override
  public NDArray of(
      NDManager scope, NDArray student, NDArray teacher, NDArray weights, TrainingBatch batch) {
    return targets.of(scope, standardised(student), standardised(teacher), weights, batch);
  }

  private NDArray standardised(NDArray logits) {
    NDArray centred = logits.sub(RowReductions.mean(logits));
    return centred.div(RowReductions.mean(centred.mul(centred)).add(epsilon).sqrt());
  }
}
