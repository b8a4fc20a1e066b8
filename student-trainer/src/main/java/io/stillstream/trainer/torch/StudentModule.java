package io.stillstream.trainer.torch;

import static io.stillstream.trainer.torch.MemoryFormat.CONTIGUOUS;
import static io.stillstream.trainer.training.hyperparameters.Precision.BFLOAT16;
import static io.stillstream.trainer.training.hyperparameters.Precision.FLOAT32;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import io.stillstream.trainer.torch.script.TorchScriptArchive;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.hyperparameters.Precision;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A scripted TorchScript module in memory, with its weights and its buffers by name. Not safe for
 * more than one thread.
 */
final class StudentModule implements AutoCloseable {
  /** As it was loaded, with the code that a file gets. */
  private final TorchScriptArchive archive;

  private final Precision precision;
  private final NDManager manager;
  private final PtSymbolBlock block;
  private boolean training;

  /** The one that the module takes; null while none was tried. */
  private MemoryFormat format;

  private final Map<String, NDArray> weights = new LinkedHashMap<>();
  private final Map<String, NDArray> buffers = new LinkedHashMap<>();

  private StudentModule(TorchScriptArchive archive, Precision precision, NDManager manager) {
    this.archive = archive;
    this.precision = precision;
    this.manager = manager;
    TorchScriptArchive run = precision == BFLOAT16 ? archive.withAutocast() : archive;
    this.block = Libtorch.load(manager, run.withBuffersAsParameters());
    for (NDArray tensor : Libtorch.parameters(block, manager)) {
      (Libtorch.isTrained(tensor) ? weights : buffers).put(tensor.getName(), tensor);
    }
  }

  /** Loads a module in training mode, to compute in float32. */
  static StudentModule load(NDManager parent, byte[] bytes) {
    return load(parent, bytes, FLOAT32);
  }

  /**
   * Loads a module in training mode, to the manager's device.
   *
   * @param bytes a {@code .pt} file
   * @param precision of its convolutions and matrix products; its tensors are float32 with each
   * @throws IllegalArgumentException if this cannot be trained: damaged, traced, frozen, of another
   *     kind
   */
  static StudentModule load(NDManager parent, byte[] bytes, Precision precision) {
    TorchScriptArchive archive = TorchScriptArchive.parse(bytes);
    if (archive.isTraced()) {
      throw new IllegalArgumentException(
          "traced: torch.jit.trace bakes in whether batch norm and dropout train; "
              + "save torch.jit.script(model) instead");
    }
    NDManager manager = parent.newSubManager();
    StudentModule module = null;
    try {
      module = new StudentModule(archive, precision, manager);
      if (module.weights.isEmpty()) {
        throw new IllegalArgumentException(
            "nothing to train: it has 0 parameters, as torch.jit.freeze and "
                + "torch.jit.optimize_for_inference leave it; save torch.jit.script(model) instead");
      }
      module.train(true);
      return module;
    } catch (RuntimeException e) {
      if (module != null) {
        module.close();
      } else {
        manager.close();
      }
      if (e instanceof IllegalArgumentException) {
        throw e;
      }
      throw new IllegalArgumentException("libtorch cannot load it: " + firstLine(e), e);
    }
  }

  /** Trained parameters in the module's order; the tensors are the module's own. */
  Map<String, NDArray> weights() {
    return weights;
  }

  /** Everything else that the module keeps: running statistics, counters, frozen parameters. */
  Map<String, NDArray> buffers() {
    return buffers;
  }

  /** Training mode, or inference mode. */
  void train(boolean on) {
    Libtorch.training(block, on);
    training = on;
  }

  /**
   * Runs the module.
   *
   * @param scope owns the result, and what is temporary
   * @return the answers [N, …]
   */
  NDArray forward(NDManager scope, TrainingBatch batch) {
    if (format == null) {
      format = takesChannelsLast(scope, batch) ? MemoryFormat.CHANNELS_LAST : CONTIGUOUS;
    }
    return forward(format.input(scope, batch));
  }

  /** Has all inputs contiguous from now on; false if they were. */
  boolean makeContiguous() {
    boolean changes = format != CONTIGUOUS;
    format = CONTIGUOUS;
    return changes;
  }

  /** Tries it in inference mode, which changes nothing in the module. */
  private boolean takesChannelsLast(NDManager scope, TrainingBatch batch) {
    boolean before = training;
    train(false);
    try {
      NDArray unused = forward(MemoryFormat.CHANNELS_LAST.input(scope, batch));
      return true;
    } catch (RuntimeException e) {
      return false;
    } finally {
      train(before);
    }
  }

  /** Runs the module on an input as it wants it, [N, …], whose manager owns the result. */
  NDArray forward(NDArray input) {
    NDList outputs = Libtorch.forward(block, input, training);
    if (outputs.size() != 1) {
      throw new IllegalArgumentException("it returns " + outputs.size() + " tensors, not one");
    }
    return outputs.get(0);
  }

  Precision precision() {
    return precision;
  }

  /**
   * The module as a {@code .pt} file in inference mode, its buffers declared as buffers. It is a
   * file for the CPU and in float32, wherever and however this one computes. Attributes that are
   * neither parameters nor buffers are then those of the file that was loaded.
   */
  byte[] toBytes() {
    if (precision == FLOAT32 && Libtorch.isOnCpu(manager)) {
      return written();
    }
    try (StudentModule copy = new StudentModule(archive, FLOAT32, Libtorch.openOnCpu(manager))) {
      weights.forEach((name, tensor) -> Libtorch.copyToCpu(tensor, copy.weights.get(name)));
      buffers.forEach((name, tensor) -> Libtorch.copyToCpu(tensor, copy.buffers.get(name)));
      return copy.written();
    }
  }

  private byte[] written() {
    boolean before = training;
    train(false);
    try {
      return archive.restore(Libtorch.write(block));
    } finally {
      train(before);
    }
  }

  /** Names and shapes, for comparing two modules. */
  List<String> signature() {
    List<String> signature = new ArrayList<>();
    weights.forEach((name, tensor) -> signature.add(name + tensor.getShape()));
    buffers.forEach((name, tensor) -> signature.add(name + tensor.getShape()));
    return signature;
  }

  /** Handles on tensors that are open here; the same before and after a step. */
  int openTensors() {
    return manager.getManagedArrays().size();
  }

  @Override
  public void close() {
    block.close();
    manager.close();
  }

  private static String firstLine(RuntimeException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
