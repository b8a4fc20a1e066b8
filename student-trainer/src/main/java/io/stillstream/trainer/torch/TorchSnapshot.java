package io.stillstream.trainer.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.stillstream.trainer.training.Student;
import java.util.ArrayList;
import java.util.List;

/** Copies of the tensors of two modules, and the optimiser's memory as bytes. */
final class TorchSnapshot implements Student.StudentSnapshot {
  private final NDManager manager;
  private final List<Pair> pairs = new ArrayList<>();
  private final byte[] optimiser;

  /**
   * @param parent a manager that lives longer
   * @param optimiser its saved state
   */
  TorchSnapshot(NDManager parent, List<StudentModule> modules, byte[] optimiser) {
    this.manager = parent.newSubManager();
    this.optimiser = optimiser;
    for (StudentModule module : modules) {
      module.weights().values().forEach(this::copy);
      module.buffers().values().forEach(this::copy);
    }
  }

  private record Pair(NDArray tensor, NDArray copy) {}

  private void copy(NDArray tensor) {
    NDArray copy = tensor.duplicate();
    copy.attach(manager);
    pairs.add(new Pair(tensor, copy));
  }

  /** Gives the tensors the values that they had. */
  void restore() {
    pairs.forEach(pair -> TensorCopy.copy(pair.copy, pair.tensor));
  }

  byte[] optimiser() {
    return optimiser;
  }

  @Override
  public void close() {
    manager.close();
  }
}
