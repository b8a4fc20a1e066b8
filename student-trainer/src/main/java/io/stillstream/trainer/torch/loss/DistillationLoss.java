package io.stillstream.trainer.torch.loss;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.stillstream.trainer.training.example.TrainingBatch;

/**
 * The part of a loss that comes from the teacher.
 *
 * <p>There are only tensors in the graph: a Java number would become a temporary buffer that
 * autograd keeps and the garbage collector frees.
 */
interface DistillationLoss {
  /**
   * Builds the graph.
   *
   * @param scope owns what is made, and has to stay open until the graph is done with
   * @param student logits [N, K]
   * @param teacher logits [N, K]; zeros where there are none
   * @param weights [N, 1], a view's share in the result: 0 where there are no logits
   * @return a scalar
   */
  NDArray of(
      NDManager scope, NDArray student, NDArray teacher, NDArray weights, TrainingBatch batch);
}
