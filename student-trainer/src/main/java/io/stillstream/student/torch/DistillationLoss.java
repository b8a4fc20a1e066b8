package io.stillstream.student.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.stillstream.student.training.Batch;

/**
 * Knowledge distillation (Hinton et al. 2015): per view, a·T²·KL(teacher ‖ student) at temperature
 * T plus b·cross-entropy with the label, averaged over the batch. The batch says a and b of each
 * view.
 *
 * <p>There are only tensors in the graph: a Java number would become a temporary buffer that
 * autograd keeps and the garbage collector frees.
 */
final class DistillationLoss {
  private final NDArray temperature;
  private final double scale;

  /**
   * @param manager lives as long as this
   */
  DistillationLoss(NDManager manager, double temperature) {
    this.temperature = manager.create((float) temperature);
    this.scale = temperature * temperature;
  }

  /** The parts of a loss, each a scalar tensor. */
  record Parts(NDArray total, NDArray distillation, NDArray labels) {}

  /**
   * Builds the graph.
   *
   * @param scope owns what is made, and has to stay open until the graph is done with
   * @param logits of the student [N, K]
   */
  Parts of(NDManager scope, NDArray logits, Batch batch) {
    int n = batch.size();
    int k = batch.classes();
    NDArray teacher = scope.create(batch.logits(), new Shape(n, k)).div(temperature);
    NDArray labels = scope.create(batch.labels(), new Shape(n, k));
    NDArray teacherWeights = scope.create(shares(batch.teacherWeights(), scale), new Shape(n, 1));
    NDArray labelWeights = scope.create(shares(batch.labelWeights(), -1), new Shape(n, 1));

    NDArray soft = teacher.softmax(1).mul(teacherWeights);
    NDArray divergence =
        soft.mul(teacher.logSoftmax(1).sub(logits.div(temperature).logSoftmax(1))).sum();
    NDArray crossEntropy = labels.mul(labelWeights).mul(logits.logSoftmax(1)).sum();
    return new Parts(divergence.add(crossEntropy), divergence, crossEntropy);
  }

  private static float[] shares(float[] weights, double factor) {
    float[] shares = new float[weights.length];
    for (int i = 0; i < weights.length; i++) {
      shares[i] = (float) (factor * weights[i] / weights.length);
    }
    return shares;
  }
}
