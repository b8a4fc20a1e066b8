package io.stillstream.bench.labeler;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import io.stillstream.bench.comparison.Workload;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.Map;

/**
 * The least that a labeler could do: the module called in a loop on one thread, written on DJL
 * alone. What the labeler adds is measured against it. Belongs to the thread that makes it.
 */
final class DjlInferenceLoop implements AutoCloseable {
  private static final String ENGINE = "PyTorch";

  private final InferenceSetup setup;
  private final Model model;
  private final Block block;
  private final NDManager constants;
  private final NDArray mean;
  private final NDArray std;
  private final NDArray scale;
  private final NDArray resident;
  private final ByteBuffer host;

  /**
   * Loads the module onto the device.
   *
   * @throws StartupException if there is no such device, or the module cannot be loaded
   */
  DjlInferenceLoop(InferenceSetup setup) {
    this.setup = setup;
    Device device = device(setup.gpu());
    model = open(setup.teacher(), device);
    block = model.getBlock();
    constants = model.getNDManager().newSubManager();
    Shape perChannel = new Shape(1, setup.teacher().channels(), 1, 1);
    mean = constants.create(setup.teacher().mean(), perChannel);
    std = constants.create(setup.teacher().std(), perChannel);
    scale = constants.create(255f);
    host = ByteBuffer.allocateDirect(setup.batch() * setup.images().get(0).length);
    resident = input(constants, 0);
  }

  /** Version of libtorch. */
  static String libtorch() {
    return Engine.getEngine(ENGINE).getVersion();
  }

  /**
   * Fails early and in one line where the device is not there.
   *
   * @throws StartupException if it is not
   */
  static void requireDevice(boolean gpu) {
    device(gpu);
  }

  /** The batch lies on the device in the module's format; logits are read back. */
  Workload resident() {
    return InferenceWorkload.of(
        setup,
        number -> {
          try (NDList logits = forward(constants, resident)) {
            return read(logits).length;
          }
        });
  }

  /**
   * Each batch begins as images in Java's memory, goes to the device as bytes [N, H, W, C], is
   * permuted and scaled there where the module does not do that itself, and its logits are read
   * back.
   */
  Workload upload() {
    return InferenceWorkload.of(setup, number -> logits(number).length);
  }

  /** Logits [N·K] of the n-th batch, as {@link #upload} makes them. */
  float[] logits(long number) {
    try (NDManager scope = model.getNDManager().newSubManager()) {
      return read(forward(scope, input(scope, number)));
    }
  }

  private NDArray input(NDManager scope, long number) {
    ModelSpec teacher = setup.teacher();
    host.clear();
    setup.batch(number).forEach(host::put);
    host.flip();
    Shape shape = new Shape(setup.batch(), teacher.height(), teacher.width(), teacher.channels());
    NDArray bytes = scope.create(host, shape, DataType.UINT8);
    if (teacher.inputType() == ModelSpec.InputType.UINT8) {
      // On the CPU the tensor is the buffer itself, which the next batch will fill.
      return scope == constants ? bytes.duplicate() : bytes;
    }
    return bytes
        .transpose(0, 3, 1, 2)
        .toType(DataType.FLOAT32, false)
        .div(scale)
        .sub(mean)
        .div(std);
  }

  private NDList forward(NDManager scope, NDArray input) {
    return block.forward(new ParameterStore(scope, false), new NDList(input), false);
  }

  private static float[] read(NDList logits) {
    return logits.singletonOrThrow().toFloatArray();
  }

  private static Device device(boolean gpu) {
    try {
      Engine engine = Engine.getEngine(ENGINE);
      if (gpu && engine.getGpuCount() == 0) {
        throw new StartupException(
            "--device gpu: libtorch %s sees no GPU here; one built for CUDA is taken from PYTORCH_LIBRARY_PATH"
                .formatted(engine.getVersion()));
      }
      return gpu ? Device.gpu() : Device.cpu();
    } catch (EngineException e) {
      throw new StartupException("libtorch does not start: " + e.getMessage(), e);
    }
  }

  private static Model open(ModelSpec teacher, Device device) {
    Model model = Model.newInstance(teacher.name(), device, ENGINE);
    // A setting of the thread; with it each new batch size costs two slow runs.
    JniUtils.setGraphExecutorOptimize(false);
    try (InputStream file = Files.newInputStream(teacher.file())) {
      model.load(file, Map.of());
      return model;
    } catch (IOException | MalformedModelException | EngineException e) {
      model.close();
      throw new StartupException(teacher.file() + ": cannot be loaded: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    constants.close();
    model.close();
  }
}
