package io.stillstream.trainer.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Copies of tensors, from which they get back the values that they had. */
final class TensorBackup {
  private final List<TensorCopy> copies = new ArrayList<>();

  /**
   * @param manager owns the copies
   */
  TensorBackup(NDManager manager, Collection<NDArray> tensors) {
    for (NDArray tensor : tensors) {
      NDArray copy = tensor.duplicate();
      copy.attach(manager);
      copies.add(new TensorCopy(tensor, copy));
    }
  }

  private record TensorCopy(NDArray tensor, NDArray copy) {}

  /** Gives the tensors the values that they had. */
  void restore() {
    copies.forEach(each -> copy(each.copy, each.tensor));
  }

  /** Makes {@code target} equal to {@code source}, exactly: no NaN of the target survives. */
  static void copy(NDArray source, NDArray target) {
    target.set(new NDIndex("..."), source);
  }
}
