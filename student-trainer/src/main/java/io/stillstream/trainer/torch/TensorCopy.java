package io.stillstream.trainer.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;

/** In-place arithmetic on tensors that stay where they are. */
final class TensorCopy {
  private TensorCopy() {}

  /** Makes {@code target} equal to {@code source}, exactly: no NaN of the target survives. */
  static void copy(NDArray source, NDArray target) {
    target.set(new NDIndex("..."), source);
  }
}
