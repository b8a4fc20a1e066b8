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
   * @param student answers [N, K], [N, K, h, w] or [N, D]
   * @param teacher of the same shape; zeros where there is no answer
   * @param weights [N, 1] or [N, 1, h, w], the share of a view or cell in the result: 0 without an
   *     answer
   * @return a scalar
   */
  NDArray of(
      NDManager scope, NDArray student, NDArray teacher, NDArray weights, TrainingBatch batch);
}
