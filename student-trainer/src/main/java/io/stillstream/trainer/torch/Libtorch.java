package io.stillstream.trainer.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import io.stillstream.trainer.training.hyperparameters.TorchOptions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The one door to DJL's native interface, which is internal and may change with every release:
 * {@code LibtorchTest} fails when it does. DJL's public interface cannot train a module without
 * marking its buffers as trainable, nor save one, nor update several models in one process.
 */
public final class Libtorch {
  static final String ENGINE = "PyTorch";

  private Libtorch() {}

  /**
   * To be called on every thread that trains: gradients are off until asked for (fresh threads have
   * them on), and graphs run as they were written, which is the same at every run. Loads the
   * library if it is not loaded yet.
   */
  public static void prepareThread() {
    Engine.getEngine(ENGINE);
    JniUtils.setGradMode(false);
    JniUtils.setGraphExecutorOptimize(false);
  }

  /**
   * Loads the library, prepares this thread, and opens a manager. What it and the managers below it
   * make is on the device of the options.
   *
   * @throws io.stillstream.runtime.config.StartupException if libtorch does not see that device
   */
  static NDManager open(TorchOptions options) {
    prepareThread();
    if (JniUtils.getNumThreads() != options.threads()) {
      JniUtils.setNumThreads(options.threads());
    }
    return NDManager.newBaseManager(StudentDevice.choose(options.device()).djl(), ENGINE);
  }

  /** A manager of tensors on the CPU, below another one. */
  static NDManager openOnCpu(NDManager parent) {
    return parent.newSubManager(Device.cpu());
  }

  /** Where a manager's tensors are, as the setting names it. */
  static String device(NDManager manager) {
    return StudentDevice.of(manager.getDevice()).name();
  }

  static boolean isOnCpu(NDManager manager) {
    return manager.getDevice().equals(Device.cpu());
  }

  /**
   * The values of a float32 tensor on whichever device. DJL's own accessors leave a copy on the CPU
   * with the tensor's manager.
   */
  static float[] floats(NDArray tensor) {
    if (tensor.getDevice().equals(Device.cpu())) {
      return tensor.toFloatArray();
    }
    try (NDArray copy = tensor.toDevice(Device.cpu(), true)) {
      return copy.toFloatArray();
    }
  }

  /** Makes a tensor on the CPU equal to one on whichever device. */
  static void copyToCpu(NDArray source, NDArray target) {
    try (NDArray copy = source.toDevice(Device.cpu(), true)) {
      TensorBackup.copy(copy, target);
    }
  }

  /** Seeds dropout and everything else that is random inside a module. */
  static void seed(long seed) {
    JniUtils.setSeed(seed);
  }

  public static void gradients(boolean on) {
    JniUtils.setGradMode(on);
  }

  /**
   * Loads a TorchScript archive, whichever device it was written on, to the manager's.
   *
   * @throws RuntimeException if libtorch cannot read it
   */
  static PtSymbolBlock load(NDManager manager, byte[] archive) {
    // The last argument is whether a length precedes the archive in the stream: it does not, and
    // saying so by mistake makes libtorch allocate whatever the first eight bytes spell.
    try {
      return JniUtils.loadModule(
          (PtNDManager) manager, new ByteArrayInputStream(archive), !isOnCpu(manager), false);
    } catch (IOException e) {
      throw new UncheckedIOException("a stream in memory", e);
    }
  }

  static byte[] write(PtSymbolBlock module) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    JniUtils.writeModule(module, out, false);
    return out.toByteArray();
  }

  /** All parameters, named, attached to the manager: the module's own memory, no copies. */
  static NDList parameters(PtSymbolBlock module, NDManager manager) {
    return JniUtils.moduleGetParams(module, (PtNDManager) manager);
  }

  static boolean isTrained(NDArray parameter) {
    return JniUtils.requiresGrad((PtNDArray) parameter);
  }

  static void training(PtSymbolBlock module, boolean on) {
    if (on) {
      JniUtils.enableTrainingMode(module);
    } else {
      JniUtils.enableInferenceMode(module);
    }
  }

  /**
   * Runs the module; the outputs belong to the manager of the input.
   *
   * @param graph whether gradients will be asked for; otherwise the outputs can never be part of a
   *     graph
   */
  static NDList forward(PtSymbolBlock module, NDArray input, boolean graph) {
    return IValueUtils.forward(module, new NDList(input), graph);
  }

  /** Adds to the gradient of every parameter in the graph of a scalar; {@code one} is 1. */
  public static void backward(NDArray loss, NDArray one) {
    JniUtils.backward((PtNDArray) loss, (PtNDArray) one, false, false);
  }

  /** A handle on the gradient, to be closed; null if the parameter was not in any graph. */
  public static NDArray gradient(NDArray parameter) {
    return JniUtils.getGradient((PtNDArray) parameter);
  }

  static void zeroGradient(NDArray parameter) {
    JniUtils.zeroGrad((PtNDArray) parameter);
  }

  /**
   * One fused step of Adam in place: {@code g = scale·gradient; mean = β₁·mean + (1−β₁)·g; square =
   * β₂·square + (1−β₂)·g²; weight −= rate·mean/(√square + ε)}.
   */
  static void adam(
      NDArray weight,
      NDArray gradient,
      NDArray mean,
      NDArray square,
      float rate,
      float scale,
      float beta1,
      float beta2,
      float epsilon) {
    JniUtils.adamUpdate(
        (PtNDArray) weight,
        (PtNDArray) gradient,
        (PtNDArray) mean,
        (PtNDArray) square,
        rate,
        rate,
        0f,
        scale,
        -1f,
        beta1,
        beta2,
        epsilon,
        false);
  }
}
