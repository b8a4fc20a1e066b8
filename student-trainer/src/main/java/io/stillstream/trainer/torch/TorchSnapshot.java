package io.stillstream.trainer.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.stillstream.trainer.training.Student;
import java.util.ArrayList;
import java.util.List;

/** Copies of the tensors of two modules, and the optimiser's memory as bytes. */
final class TorchSnapshot implements Student.StudentSnapshot {
  private final NDManager manager;
  private final TensorBackup tensors;
  private final byte[] optimiser;

  /**
   * @param parent a manager that lives longer
   * @param optimiser its saved state
   */
  TorchSnapshot(NDManager parent, List<StudentModule> modules, byte[] optimiser) {
    this.manager = parent.newSubManager();
    this.optimiser = optimiser;
    List<NDArray> all = new ArrayList<>();
    for (StudentModule module : modules) {
      all.addAll(module.weights().values());
      all.addAll(module.buffers().values());
    }
    this.tensors = new TensorBackup(manager, all);
  }

  /** Gives the tensors the values that they had. */
  void restore() {
    tensors.restore();
  }

  byte[] optimiser() {
    return optimiser;
  }

  @Override
  public void close() {
    manager.close();
  }
}
