package io.stillstream.trainer.torch.loss;

import ai.djl.ndarray.NDArray;

/** Sums along the rows of [N, K], with a result that can be taken together with the rows again. */
final class RowReductions {
  private static final int[] CLASSES = {1};

  private RowReductions() {}

  /** [N, 1]. */
  static NDArray sum(NDArray rows) {
    return rows.sum(CLASSES, true);
  }

  /** [N, 1]. */
  static NDArray mean(NDArray rows) {
    return rows.mean(CLASSES, true);
  }

  /** KL(softmax(teacher) ‖ softmax(student)), [N, 1]. */
  static NDArray divergence(NDArray teacher, NDArray student) {
    return sum(teacher.softmax(1).mul(teacher.logSoftmax(1).sub(student.logSoftmax(1))));
  }
}
