package io.stillstream.trainer.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.stillstream.trainer.training.Student;
import java.util.List;

/** Copies of the tensors of a student, and the optimiser's memory as bytes. */
final class TorchSnapshot implements Student.StudentSnapshot {
  private final NDManager manager;
  private final TensorBackup tensors;
  private final byte[] optimiser;

  /**
   * @param parent a manager that lives longer
   * @param optimiser its saved state
   */
  TorchSnapshot(NDManager parent, List<NDArray> tensors, byte[] optimiser) {
    this.manager = parent.newSubManager();
    this.optimiser = optimiser;
    this.tensors = new TensorBackup(manager, tensors);
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
