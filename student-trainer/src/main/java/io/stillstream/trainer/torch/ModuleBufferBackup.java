package io.stillstream.trainer.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Copies of what a forward pass changes in a module: the running statistics of batch norm, its
 * counters, and whatever other buffers there are.
 */
final class ModuleBufferBackup {
  private final StudentModule module;
  private final Map<String, NDArray> copies = new LinkedHashMap<>();

  /**
   * @param scope owns the copies
   */
  ModuleBufferBackup(NDManager scope, StudentModule module) {
    this.module = module;
    module
        .buffers()
        .forEach(
            (name, buffer) -> {
              NDArray copy = buffer.duplicate();
              copy.attach(scope);
              copies.put(name, copy);
            });
  }

  /** Makes the module's buffers what they were. */
  void restore() {
    copies.forEach((name, copy) -> TensorCopy.copy(copy, module.buffers().get(name)));
  }
}
