package io.stillstream.student.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.stillstream.student.training.Batch;
import io.stillstream.student.training.Recipe;
import io.stillstream.student.training.StepReport;
import io.stillstream.student.training.Student;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A student in libtorch: the module that trains, its moving average, and the optimiser. Everything
 * random in a step is seeded from the step's number, so that a resumed training goes on bit for
 * bit. To be used by the thread that made it.
 */
public final class TorchStudent implements Student {
  private final Recipe recipe;
  private final NDManager manager;
  private final StudentModule module;
  private final StudentModule average;
  private final AdamW optimiser;
  private final MovingAverage averaging;
  private final DistillationLoss loss;
  private final NDArray one;

  private TorchStudent(NDManager manager, Recipe recipe, byte[] weights, byte[] averaged) {
    this.manager = manager;
    this.recipe = recipe;
    this.module = StudentModule.load(manager, weights);
    this.average = StudentModule.load(manager, averaged);
    this.average.train(false);
    if (!module.signature().equals(average.signature())) {
      throw new IllegalArgumentException("the average is of another module");
    }
    this.optimiser =
        new AdamW(
            manager, module.weights(), recipe.learningRate(), recipe.weightDecay(), recipe.clip());
    this.averaging = new MovingAverage(module, average, recipe.maxDecay());
    this.loss = new DistillationLoss(manager, recipe.temperature());
    this.one = manager.ones(new Shape());
  }

  /**
   * Begins with an untrained module, which is its own average.
   *
   * @param file bytes of a scripted {@code .pt} file
   * @param threads that one operator may use, in the whole process
   * @throws IllegalArgumentException if it cannot be trained, with the reason
   */
  public static TorchStudent begin(byte[] file, Recipe recipe, int threads) {
    return open(file, file, recipe, threads);
  }

  /**
   * Goes on from what {@link #weights}, {@link #average} and {@link #saveOptimiser} gave.
   *
   * @throws IllegalArgumentException if the parts do not belong together
   */
  public static TorchStudent resume(
      byte[] weights, byte[] average, DataInputStream optimiser, Recipe recipe, int threads) {
    TorchStudent student = open(weights, average, recipe, threads);
    try {
      student.optimiser.restore(optimiser);
      return student;
    } catch (IOException e) {
      student.close();
      throw new IllegalArgumentException("the optimiser's state: " + e.getMessage(), e);
    }
  }

  private static TorchStudent open(byte[] weights, byte[] average, Recipe recipe, int threads) {
    Engine.getEngine("PyTorch");
    Libtorch.prepareThread();
    Libtorch.threads(threads);
    NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    try {
      return new TorchStudent(manager, recipe, weights, average);
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  /**
   * Runs two views of grey through the module.
   *
   * @throws IllegalArgumentException if it fails, has another width than {@code classes}, or
   *     answers with something that is not finite
   */
  @Override
  public void probe(Batch batch) {
    float[] logits;
    try (NDManager scope = manager.newSubManager()) {
      NDArray output = average.forward(input(scope, batch));
      Shape expected = new Shape(batch.size(), batch.classes());
      if (!output.getShape().equals(expected)) {
        throw new IllegalArgumentException(
            "its output for "
                + batch.size()
                + " views has shape "
                + output.getShape()
                + "; with the "
                + batch.classes()
                + " classes of its description it must be "
                + expected);
      }
      if (output.getDataType() != DataType.FLOAT32) {
        throw new IllegalArgumentException(
            "its output is of type " + output.getDataType() + ", not float32");
      }
      logits = output.toFloatArray();
    } catch (IllegalArgumentException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("it cannot take its own input: " + e.getMessage(), e);
    }
    for (float logit : logits) {
      if (!Float.isFinite(logit)) {
        throw new IllegalArgumentException("its output for a grey view is not finite");
      }
    }
  }

  @Override
  public StepReport update(Batch batch, long step) {
    try (NDManager scope = manager.newSubManager()) {
      Libtorch.seed(seed(step));
      NDArray input = input(scope, batch);
      DistillationLoss.Parts parts;
      Libtorch.gradients(true);
      try {
        parts = loss.of(scope, module.forward(input), batch);
        Libtorch.backward(parts.total(), one);
      } finally {
        Libtorch.gradients(false);
      }
      double norm = optimiser.step();
      float total = parts.total().getFloat();
      if (!Double.isFinite(norm) || !Float.isFinite(total)) {
        throw new IllegalStateException(
            "step " + step + ": loss " + total + ", norm of the gradients " + norm);
      }
      averaging.update(scope, step);
      return new StepReport(
          total, parts.distillation().getFloat(), parts.labels().getFloat(), norm);
    }
  }

  @Override
  public float[] predict(Batch batch) {
    try (NDManager scope = manager.newSubManager()) {
      return average.forward(input(scope, batch)).toFloatArray();
    }
  }

  @Override
  public byte[] weights() {
    return module.toBytes();
  }

  @Override
  public byte[] average() {
    return average.toBytes();
  }

  @Override
  public void saveOptimiser(DataOutputStream out) throws IOException {
    optimiser.save(out);
  }

  /** Handles on tensors that are open; the same before and after a step. */
  int openTensors() {
    return manager.getManagedArrays().size() + module.openTensors() + average.openTensors();
  }

  @Override
  public void close() {
    module.close();
    average.close();
    manager.close();
  }

  private long seed(long step) {
    long z = recipe.seed() + step * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    return (z ^ (z >>> 27)) & Long.MAX_VALUE;
  }

  static NDArray input(NDManager scope, Batch batch) {
    ByteBuffer bytes = batch.input();
    long[] dimensions = Arrays.copyOf(batch.shape(), batch.shape().length);
    DataType type = batch.isFloat() ? DataType.FLOAT32 : DataType.UINT8;
    return scope.create(bytes, new Shape(dimensions), type);
  }
}
