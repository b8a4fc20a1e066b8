package io.stillstream.labeler.torch;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.stillstream.labeler.model.BatchBufferPool;
import io.stillstream.labeler.model.BatchBufferPool.HostBatch;
import io.stillstream.labeler.model.InferenceException;
import io.stillstream.labeler.model.Pixels;
import io.stillstream.labeler.model.PreparedBatch;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.model.ViewResizer;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.model.ModelSpec.InputType;
import io.stillstream.runtime.model.ModelSpec.Layout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * A TorchScript module that answers batches of images with logits: one lane of it. This class and
 * the others named Torch are the only ones that know DJL's types.
 *
 * <p>A float module takes float32, scaled as its description says, usually {@code [N, C, H, W]}; a
 * uint8 module takes bytes, usually {@code [N, H, W, C]}, and scales by itself. Both answer {@code
 * [N, K]} float32, K being the number of class names; what they compute in is their own affair.
 *
 * <p>All native work of a lane happens on one thread of its own, whoever calls: each thread that
 * runs operators keeps its own OpenMP pool and its own compiled graphs, and libtorch's graph
 * optimiser is a setting of the thread. Calls may come from any thread; they queue.
 */
public final class TorchScriptModel implements TeacherModel {
  private static final int PROBE = 2;

  private final ModelSpec spec;
  private final TorchDevice device;
  private final ViewResizer fit;
  private final BatchBufferPool buffers;
  private final ExecutorService thread;
  private final TorchModule module;

  private TorchScriptModel(
      ModelSpec spec,
      TorchDevice device,
      boolean scalesOnDevice,
      ExecutorService thread,
      TorchModule module) {
    this.spec = spec;
    this.device = device;
    this.fit = new ViewResizer(spec);
    this.buffers = new BatchBufferPool(spec, fit, scalesOnDevice);
    this.thread = thread;
    this.module = module;
  }

  /**
   * Says how many threads libtorch may use within an operator. It counts only before the first
   * model of the JVM is loaded, and the first to say so wins, the command line above all.
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
   * Loads a module once, and puts a probe batch of grey views before it on each lane. On a GPU
   * batches travel as bytes and are scaled there.
   *
   * @throws StartupException if the file is missing or no TorchScript module, or if the answer to
   *     the probe is not {@code [2, K]} finite float32; the message starts with the file and says
   *     what was expected and what was found
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
        ExecutorService thread = Executors.newSingleThreadExecutor(work -> daemon(work, name));
        TorchModule module;
        try {
          module =
              lane > 0
                  ? loaded.get(0).module.retain()
                  : on(thread, () -> TorchModule.open(spec, device, scalesOnDevice));
        } catch (RuntimeException e) {
          thread.shutdown();
          throw e;
        }
        loaded.add(new TorchScriptModel(spec, device, scalesOnDevice, thread, module));
      }
      loaded.forEach(TorchScriptModel::probe);
      return loaded;
    } catch (RuntimeException e) {
      loaded.forEach(TorchScriptModel::close);
      throw e;
    }
  }

  /** What the model's directory says of it. */
  public ModelSpec spec() {
    return spec;
  }

  @Override
  public Identity identity() {
    return new Identity(spec.name(), spec.version(), spec.sha256());
  }

  @Override
  public String device() {
    return device.name();
  }

  @Override
  public int classes() {
    return spec.classes().size();
  }

  @Override
  public Optional<String> rejectionReason(Pixels view) {
    return fit.rejectionReason(view);
  }

  @Override
  public PreparedBatch prepare(List<Pixels> views) {
    return buffers.fill(views);
  }

  /**
   * Answers a batch.
   *
   * @throws ClassCastException if another teacher has laid it out
   */
  @Override
  public float[][] logits(PreparedBatch batch) {
    HostBatch filled = (HostBatch) batch;
    return on(thread, () -> forward(filled));
  }

  /** A grey view, as those of the probe. */
  @Override
  public Pixels knownGood() {
    byte[] view = new byte[spec.height() * spec.width() * spec.channels()];
    Arrays.fill(view, (byte) 128);
    return new Pixels(spec.height(), spec.width(), spec.channels(), view);
  }

  /** Answers grey batches of these sizes, so that the first real ones find memory and kernels. */
  public void warmUp(int... sizes) {
    Pixels grey = knownGood();
    for (int size : sizes) {
      logits(Collections.nCopies(size, grey));
    }
  }

  @Override
  public void close() {
    if (!thread.isShutdown()) {
      on(
          thread,
          () -> {
            module.release();
            return null;
          });
      thread.shutdown();
    }
  }

  /** Tensors alive that belong to no batch; their number never changes. */
  int tensorsHeld() {
    return on(thread, module::tensorsHeld);
  }

  /** A batch as the module would get it, flat. */
  float[] input(List<Pixels> views) {
    return on(
        thread,
        () -> {
          try (HostBatch batch = buffers.fill(views);
              NDManager scope = module.scope()) {
            return module.input(scope, batch).toFloatArray();
          }
        });
  }

  private void probe() {
    on(
        thread,
        () -> {
          TorchModule.configureThread();
          return null;
        });
    float[][] answer;
    try {
      answer = logits(Collections.nCopies(PROBE, knownGood()));
    } catch (InferenceException e) {
      throw new StartupException(
          "%s: fails on a probe of %s: %s".formatted(spec.file(), probeShape(), e.getMessage()), e);
    }
    for (float[] row : answer) {
      for (float logit : row) {
        if (!Float.isFinite(logit)) {
          throw new StartupException(
              spec.file() + ": must answer grey views with finite logits, answered " + logit);
        }
      }
    }
  }

  private String probeShape() {
    Shape shape =
        spec.layout() == Layout.NCHW
            ? new Shape(PROBE, spec.channels(), spec.height(), spec.width())
            : new Shape(PROBE, spec.height(), spec.width(), spec.channels());
    String type = spec.inputType() == InputType.FLOAT ? "float32" : "uint8";
    return "%s %s (%s)".formatted(shape, type, spec.layout());
  }

  private float[][] forward(HostBatch batch) {
    try (NDManager scope = module.scope()) {
      return rows(batch.size(), module.forward(scope, module.input(scope, batch)));
    } catch (EngineException e) {
      throw new InferenceException(TorchModule.firstLine(e), isOutOfMemory(e), e);
    }
  }

  /** As the allocators of CUDA and of the CPU put it. */
  private static boolean isOutOfMemory(EngineException e) {
    String message = String.valueOf(e.getMessage());
    return message.contains("out of memory") || message.contains("can't allocate memory");
  }

  private float[][] rows(int views, NDList output) {
    int classes = classes();
    Shape expected = new Shape(views, classes);
    NDArray only = output.size() == 1 ? output.get(0) : null;
    if (only == null
        || only.getDataType() != DataType.FLOAT32
        || !only.getShape().equals(expected)) {
      String found =
          only == null
              ? output.size() + " tensors"
              : only.getShape() + " " + only.getDataType().name().toLowerCase(Locale.ROOT);
      throw new InferenceException(
          "must answer one tensor %s float32, one row per view and one column per class name; found %s%s"
              .formatted(expected, found, advice(only)));
    }
    float[] flat = only.toFloatArray();
    float[][] rows = new float[views][];
    for (int n = 0; n < views; n++) {
      rows[n] = Arrays.copyOfRange(flat, n * classes, (n + 1) * classes);
    }
    return rows;
  }

  private static String advice(NDArray answer) {
    // What DJL has no name for is bfloat16, most likely.
    return answer != null
            && (answer.getDataType() == DataType.FLOAT16
                || answer.getDataType() == DataType.UNKNOWN)
        ? "; let its forward return logits.float(), it may compute in half precision all the same"
        : "";
  }

  private static <T> T on(ExecutorService thread, Supplier<T> work) {
    try {
      return CompletableFuture.supplyAsync(work, thread).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw e;
    }
  }

  private static Thread daemon(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }
}
