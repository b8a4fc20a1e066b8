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
  private Libtorch() {}

  /**
   * To be called on every thread that trains: gradients are off until asked for (fresh threads have
   * them on), and graphs run as they were written, which is the same at every run. Loads the
   * library if it is not loaded yet.
   */
  public static void prepareThread() {
    Engine.getEngine("PyTorch");
    JniUtils.setGradMode(false);
    JniUtils.setGraphExecutorOptimize(false);
  }

  /**
   * Loads the library, prepares this thread, and opens a manager of tensors on the CPU.
   *
   * @param threads that one operator may use, in the whole process
   */
  static NDManager open(int threads) {
    prepareThread();
    if (JniUtils.getNumThreads() != threads) {
      JniUtils.setNumThreads(threads);
    }
    return NDManager.newBaseManager(Device.cpu(), "PyTorch");
  }

  /** Seeds dropout and everything else that is random inside a module. */
  static void seed(long seed) {
    JniUtils.setSeed(seed);
  }

  public static void gradients(boolean on) {
    JniUtils.setGradMode(on);
  }

  /**
   * Loads a TorchScript archive.
   *
   * @throws RuntimeException if libtorch cannot read it
   */
  static PtSymbolBlock load(NDManager manager, byte[] archive) {
    // The last argument is whether a length precedes the archive in the stream: it does not, and
    // saying so by mistake makes libtorch allocate whatever the first eight bytes spell.
    try {
      return JniUtils.loadModule(
          (PtNDManager) manager, new ByteArrayInputStream(archive), false, false);
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
