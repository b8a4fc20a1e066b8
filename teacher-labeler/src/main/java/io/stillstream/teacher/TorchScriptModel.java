package io.stillstream.teacher;

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
import io.stillstream.runtime.ModelSpec;
import io.stillstream.runtime.ModelSpec.InputType;
import io.stillstream.runtime.StartupException;
import io.stillstream.teacher.labels.InferenceException;
import io.stillstream.teacher.labels.Teacher;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * A TorchScript module that answers batches of images with logits; the one place for inference
 * through DJL, and the only one that knows its types.
 *
 * <p>A float module takes {@code [N, C, H, W]} float32, scaled as its description says; a uint8
 * module takes {@code [N, H, W, C]} bytes and scales by itself. Both answer {@code [N, K]} float32,
 * K being the number of class names.
 *
 * <p>All native work of a model happens on one thread of its own, whoever calls: each thread that
 * runs operators keeps its own OpenMP pool and its own compiled graphs, and libtorch's graph
 * optimiser is a setting of the thread. Calls may come from any thread; they queue.
 */
public final class TorchScriptModel implements Teacher {
  private static final String ENGINE = "PyTorch";
  private static final int PROBE = 2;

  private final ModelSpec spec;
  private final BatchBuffer buffer;
  private final ExecutorService thread;
  private final Model model;

  private TorchScriptModel(ModelSpec spec, ExecutorService thread, Model model) {
    this.spec = spec;
    this.buffer = new BatchBuffer(spec);
    this.thread = thread;
    this.model = model;
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
   * Loads a module and puts a probe batch of grey views before it.
   *
   * @throws StartupException if the file is missing or no TorchScript module, or if the answer to
   *     the probe is not {@code [2, K]} finite float32; the message starts with the file and says
   *     what was expected and what was found
   */
  public static TorchScriptModel load(ModelSpec spec) {
    ExecutorService thread =
        Executors.newSingleThreadExecutor(work -> daemon(work, "torch-" + spec.name()));
    try {
      Model model = on(thread, () -> open(spec));
      TorchScriptModel loaded = new TorchScriptModel(spec, thread, model);
      try {
        loaded.probe();
        return loaded;
      } catch (RuntimeException e) {
        loaded.close();
        throw e;
      }
    } catch (RuntimeException e) {
      thread.shutdown();
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
  public int classes() {
    return spec.classes().size();
  }

  @Override
  public float[][] logits(List<byte[]> views) {
    return on(thread, () -> forward(views));
  }

  /** A grey view, as those of the probe. */
  @Override
  public byte[] knownGood() {
    byte[] view = new byte[spec.height() * spec.width() * spec.channels()];
    Arrays.fill(view, (byte) 128);
    return view;
  }

  /** Answers grey batches of these sizes, so that the first real ones find memory and kernels. */
  public void warmUp(int... sizes) {
    byte[] grey = knownGood();
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
            model.close();
            return null;
          });
      thread.shutdown();
    }
  }

  /** Tensors alive that do not belong to the module: none between batches. */
  int tensorsHeld() {
    return on(thread, () -> model.getNDManager().getManagedArrays().size());
  }

  private static Model open(ModelSpec spec) {
    Model model;
    try {
      model = Model.newInstance(spec.name(), ENGINE);
      JniUtils.setGraphExecutorOptimize(Boolean.getBoolean("ai.djl.pytorch.graph_optimizer"));
    } catch (EngineException e) {
      throw new StartupException("libtorch does not start: " + line(e), e);
    }
    try (InputStream file = Files.newInputStream(spec.file())) {
      model.load(file, Map.of());
      return model;
    } catch (IOException e) {
      model.close();
      throw new StartupException(spec.file() + ": cannot be read: " + e, e);
    } catch (MalformedModelException | EngineException e) {
      model.close();
      throw new StartupException(
          spec.file() + ": must be a TorchScript module (torch.jit.script), but " + line(e), e);
    }
  }

  private void probe() {
    float[][] answer;
    try {
      answer = logits(Collections.nCopies(PROBE, knownGood()));
    } catch (InferenceException e) {
      throw new StartupException(
          "%s: fails on a probe of %s %s: %s"
              .formatted(spec.file(), new Shape(buffer.shape(PROBE)), inputType(), e.getMessage()),
          e);
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

  private float[][] forward(List<byte[]> views) {
    try (NDManager scope = model.getNDManager().newSubManager()) {
      NDArray input =
          scope.create(buffer.fill(views), new Shape(buffer.shape(views.size())), inputType());
      NDList output =
          model.getBlock().forward(new ParameterStore(scope, false), new NDList(input), false);
      return rows(views.size(), output);
    } catch (EngineException e) {
      throw new InferenceException(line(e), e);
    }
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
          "must answer one tensor %s float32, one row per view and one column per class name; found %s"
              .formatted(expected, found));
    }
    float[] flat = only.toFloatArray();
    float[][] rows = new float[views][];
    for (int n = 0; n < views; n++) {
      rows[n] = Arrays.copyOfRange(flat, n * classes, (n + 1) * classes);
    }
    return rows;
  }

  private DataType inputType() {
    return spec.inputType() == InputType.FLOAT ? DataType.FLOAT32 : DataType.UINT8;
  }

  /** The line of a libtorch message that says what is wrong: the last one of a traceback. */
  private static String line(Exception e) {
    String message = e.getMessage() == null ? e.toString() : e.getMessage().strip();
    List<String> lines = message.lines().toList();
    return message.contains("Traceback") ? lines.get(lines.size() - 1) : lines.get(0);
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
