package io.stillstream.labeler.torch;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import io.stillstream.labeler.model.BatchBufferPool.HostBatch;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.model.ModelSpec.InputType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A TorchScript module in the memory of one device. Several lanes share it, as a module that only
 * infers is never written to; it is closed when the last of them has released it.
 */
final class TorchModule {
  static final String ENGINE = "PyTorch";

  private final ModelSpec spec;
  private final Model model;
  private final Optional<TorchPixelScaler> scaler;
  private final AtomicInteger holders = new AtomicInteger(1);

  private TorchModule(ModelSpec spec, Model model, boolean scalesOnDevice) {
    this.spec = spec;
    this.model = model;
    this.scaler =
        scalesOnDevice
            ? Optional.of(new TorchPixelScaler(spec, model.getNDManager()))
            : Optional.empty();
  }

  /**
   * Loads a module for one holder.
   *
   * @param scalesOnDevice whether batches come as bytes [N, H, W, C] although the module takes
   *     scaled floats
   * @throws StartupException if the file is missing or no TorchScript module
   */
  static TorchModule open(ModelSpec spec, TorchDevice device, boolean scalesOnDevice) {
    Model model;
    try {
      model = Model.newInstance(spec.name(), device.djl(), ENGINE);
    } catch (EngineException e) {
      throw new StartupException("libtorch does not start: " + firstLine(e), e);
    }
    try (InputStream file = Files.newInputStream(spec.file())) {
      model.load(file, Map.of());
      return new TorchModule(spec, model, scalesOnDevice);
    } catch (IOException e) {
      model.close();
      throw new StartupException(spec.file() + ": cannot be read: " + e, e);
    } catch (MalformedModelException | EngineException e) {
      model.close();
      throw new StartupException(
          spec.file() + ": must be a TorchScript module (torch.jit.script), but " + firstLine(e),
          e);
    }
  }

  /** To be called once on each thread that is going to ask. */
  static void configureThread() {
    JniUtils.setGraphExecutorOptimize(Boolean.getBoolean("ai.djl.pytorch.graph_optimizer"));
  }

  /** Adds a holder. */
  TorchModule retain() {
    holders.incrementAndGet();
    return this;
  }

  /** Takes a holder away. */
  void release() {
    if (holders.decrementAndGet() == 0) {
      model.close();
    }
  }

  /** Owns whatever one batch needs. */
  NDManager scope() {
    return model.getNDManager().newSubManager();
  }

  /** A batch on the device, as the module takes it, owned by the scope. */
  NDArray input(NDManager scope, HostBatch batch) {
    boolean isFloat = spec.inputType() == InputType.FLOAT;
    DataType laidOut = isFloat && scaler.isEmpty() ? DataType.FLOAT32 : DataType.UINT8;
    NDArray sent = scope.create(batch.bytes(), new Shape(batch.shape()), laidOut);
    return scaler.isPresent() ? scaler.get().scale(sent) : sent;
  }

  /** The module's output, owned by the scope too. */
  NDList forward(NDManager scope, NDArray input) {
    return model.getBlock().forward(new ParameterStore(scope, false), new NDList(input), false);
  }

  /** Tensors alive that do not belong to a scope: some constants. */
  int tensorsHeld() {
    return model.getNDManager().getManagedArrays().size();
  }

  /** The line of a libtorch message that says what is wrong: the last one of a traceback. */
  static String firstLine(Exception e) {
    String message = e.getMessage() == null ? e.toString() : e.getMessage().strip();
    List<String> lines = message.lines().toList();
    return message.contains("Traceback") ? lines.get(lines.size() - 1) : lines.get(0);
  }
}
