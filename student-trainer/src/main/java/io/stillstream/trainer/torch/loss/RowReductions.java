package io.stillstream.trainer.torch.loss;

import ai.djl.ndarray.NDArray;

/**
 * Sums over the classes of [N, K] or [N, K, h, w], with a result that can be taken together with
 * them again.
 */
final class RowReductions {
  private static final int[] CLASSES = {1};

  private RowReductions() {}

  /** [N, 1], or [N, 1, h, w]. */
  static NDArray sum(NDArray rows) {
    return rows.sum(CLASSES, true);
  }

  /** [N, 1], or [N, 1, h, w]. */
  static NDArray mean(NDArray rows) {
    return rows.mean(CLASSES, true);
  }

  /**
   * {@code one} − {@code values}. An operation's result belongs to the manager of its first
   * operand: with {@code one.sub(values)} the graph would live as long as the constant.
   */
  static NDArray complement(NDArray values, NDArray one) {
    return values.neg().add(one);
  }

  /** KL(softmax(teacher) ‖ softmax(student)), [N, 1] or [N, 1, h, w]. */
  static NDArray divergence(NDArray teacher, NDArray student) {
    return sum(teacher.softmax(1).mul(teacher.logSoftmax(1).sub(student.logSoftmax(1))));
  }
}
