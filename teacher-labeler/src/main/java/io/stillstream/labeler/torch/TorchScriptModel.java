package io.stillstream.labeler.torch;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import io.stillstream.labeler.model.BatchBufferPool;
import io.stillstream.labeler.model.BatchBufferPool.HostBatch;
import io.stillstream.labeler.model.DeviceBatch;
import io.stillstream.labeler.model.ExpectedOutput;
import io.stillstream.labeler.model.Pixels;
import io.stillstream.labeler.model.TeacherLoader;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.model.ViewResizer;
import io.stillstream.labeler.probe.TeacherProbe;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.model.ModelSpec.InputType;
import io.stillstream.schemas.answer.OutputShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One lane of a TorchScript module that computes answers for batches of images. This class and the
 * others named Torch are the only ones that know DJL's types.
 *
 * <p>A float module takes float32, scaled as its description says, usually {@code [N, C, H, W]}; a
 * uint8 module takes bytes, usually {@code [N, H, W, C]}, and scales by itself. Both return float32
 * and may compute in another precision: {@code [N, K]} for classification and {@code [N, K, h, w]}
 * for segmentation, K being the number of class names, or {@code [N, D]} for embeddings.
 *
 * <p>All native work happens on the lane's {@link LaneThread}. Safe for several threads.
 */
public final class TorchScriptModel implements TeacherModel {
  private final ModelSpec spec;
  private final ExpectedOutput output;
  private final TorchDevice device;
  private final ViewResizer resizer;
  private final BatchBufferPool buffers;
  private final LaneThread thread;
  private final TorchModule module;

  private TorchScriptModel(
      ModelSpec spec,
      TorchDevice device,
      boolean scalesOnDevice,
      LaneThread thread,
      TorchModule module) {
    this.spec = spec;
    this.output = new ExpectedOutput(spec.output());
    this.device = device;
    this.resizer = new ViewResizer(spec);
    this.buffers = new BatchBufferPool(spec, resizer, scalesOnDevice);
    this.thread = thread;
    this.module = module;
  }

  /**
   * Sets how many threads libtorch may use within an operator. Only the first call in a JVM has an
   * effect, only before the first model is loaded, and only if the command line does not set it.
   */
  public static void useThreads(int threads) {
    if (System.getProperty("ai.djl.pytorch.num_threads") == null) {
      System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
    }
  }

  /**
   * One lane on the first GPU that libtorch sees, or else on the CPU; see {@link #load(ModelSpec,
   * TorchDevice, int)}.
   */
  public static TorchScriptModel load(ModelSpec spec) {
    return load(spec, TorchDevice.choose(TorchDevice.AUTO).get(0), 1).get(0);
  }

  /**
   * Loads a module once, and runs the {@link TeacherProbe} on each lane. For a GPU, batches are
   * copied as bytes and scaled there.
   *
   * @throws StartupException if the file is missing or no TorchScript module, or if the probe fails
   */
  static List<TorchScriptModel> load(ModelSpec spec, TorchDevice device, int lanes) {
    return load(spec, device, lanes, device.isGpu() && spec.inputType() == InputType.FLOAT);
  }

  /** For a test, which has no GPU and scales on the CPU as a GPU would. */
  static List<TorchScriptModel> load(
      ModelSpec spec, TorchDevice device, int lanes, boolean scalesOnDevice) {
    List<TorchScriptModel> loaded = new ArrayList<>();
    try {
      for (int lane = 0; lane < lanes; lane++) {
        String name = "torch-%s-%s-%d".formatted(spec.name(), device.name(), lane);
        LaneThread thread = new LaneThread(name);
        TorchModule module;
        try {
          module =
              lane > 0
                  ? loaded.get(0).module.retain()
                  : thread.call(() -> TorchModule.open(spec, device, scalesOnDevice));
        } catch (RuntimeException e) {
          thread.shutdown();
          throw e;
        }
        loaded.add(new TorchScriptModel(spec, device, scalesOnDevice, thread, module));
      }
      loaded.forEach(lane -> lane.thread.run(TorchModule::configureThread));
      loaded.forEach(lane -> TeacherProbe.check(lane, spec, spec.file()));
      return loaded;
    } catch (RuntimeException | Error e) {
      // Errors too: there may be no memory for the batch of the probe.
      loaded.forEach(TorchScriptModel::close);
      throw e;
    }
  }

  /** The description in the model's directory. */
  public ModelSpec spec() {
    return spec;
  }

  @Override
  public Identity identity() {
    return TeacherLoader.identity(spec);
  }

  @Override
  public String device() {
    return device.name();
  }

  @Override
  public OutputShape output() {
    return output.shape();
  }

  @Override
  public Optional<String> rejectionReason(Pixels view) {
    return resizer.rejectionReason(view);
  }

  @Override
  public DeviceBatch prepare(List<Pixels> views) {
    return buffers.fill(views);
  }

  /**
   * Computes answers.
   *
   * @throws ClassCastException if another model has prepared the batch
   */
  @Override
  public float[][] answers(DeviceBatch batch) {
    HostBatch hostBatch = (HostBatch) batch;
    return thread.call(() -> forward(hostBatch));
  }

  /** A grey view, as in the probe. */
  @Override
  public Pixels knownGood() {
    return TeacherProbe.greyView(spec);
  }

  @Override
  public void close() {
    if (!thread.isShutdown()) {
      thread.run(module::release);
      thread.shutdown();
    }
  }

  /** Tensors alive that belong to no batch; their number never changes. */
  int tensorsHeld() {
    return thread.call(module::tensorsHeld);
  }

  /** A batch as the module would get it, flat. */
  float[] input(List<Pixels> views) {
    return thread.call(
        () -> {
          try (HostBatch batch = buffers.fill(views);
              NDManager scope = module.scope()) {
            return module.input(scope, batch).toFloatArray();
          }
        });
  }

  private float[][] forward(HostBatch batch) {
    try (NDManager scope = module.scope()) {
      return TorchOutput.rows(
          module.forward(scope, module.input(scope, batch)), batch.size(), output);
    } catch (EngineException e) {
      throw TorchOutput.failure(e);
    }
  }
}
