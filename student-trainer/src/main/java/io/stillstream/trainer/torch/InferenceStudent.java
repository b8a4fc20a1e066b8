package io.stillstream.trainer.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.stillstream.trainer.training.comparison.PairedComparison;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.hyperparameters.TorchOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A student that does not learn: a release, loaded to answer. Shares nothing with the one that
 * trains. To be used by the thread that made it.
 */
public final class InferenceStudent implements PairedComparison.BaselineModel, AutoCloseable {
  private static final float LARGEST_CHANGE = 0.2f;
  private static final float LARGEST_OF_ZERO = 0.05f;

  private final NDManager manager;
  private final StudentModule module;

  private InferenceStudent(NDManager manager, StudentModule module) {
    this.manager = manager;
    this.module = module;
  }

  /**
   * Loads a release to the CPU.
   *
   * @param file bytes of its {@code .pt} file
   * @param threads that one operator may use, in the whole process
   * @throws IllegalArgumentException if it is none
   */
  public static InferenceStudent load(byte[] file, int threads) {
    return load(file, TorchOptions.cpu(threads));
  }

  /**
   * Loads a release to the device of the options; it answers in float32 with any options.
   *
   * @param file bytes of its {@code .pt} file
   * @throws IllegalArgumentException if it is none
   * @throws io.stillstream.runtime.config.StartupException if libtorch does not see that device
   */
  public static InferenceStudent load(byte[] file, TorchOptions options) {
    NDManager manager = Libtorch.open(options);
    try {
      StudentModule module = StudentModule.load(manager, file);
      module.train(false);
      return new InferenceStudent(manager, module);
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  /** The answers for all views, row by row. */
  @Override
  public float[] predict(TrainingBatch batch) {
    try (NDManager scope = manager.newSubManager()) {
      return Libtorch.floats(module.forward(scope, batch));
    }
  }

  /**
   * A copy of a parameter or buffer of a student.
   *
   * @param name as PyTorch's {@code state_dict} has it
   * @param isTrained whether it is a parameter that is trained
   * @param type as DJL names it, in lower case
   * @param values in row-major order; empty unless the type is float32
   */
  @SuppressWarnings("ArrayRecordComponent") // made once, read once
  public record StudentTensor(
      String name, long[] shape, boolean isTrained, String type, float[] values) {
    /** Whether it holds float32. */
    public boolean isFloat32() {
      return type.equals("float32");
    }

    /** Whether it holds integers or booleans, as the counters of batch norm do. */
    public boolean isInteger() {
      return !type.contains("float");
    }
  }

  /** Copies of all parameters and buffers. */
  public List<StudentTensor> tensors() {
    List<StudentTensor> tensors = new ArrayList<>();
    module.weights().forEach((name, tensor) -> tensors.add(copy(name, tensor, true)));
    module.buffers().forEach((name, tensor) -> tensors.add(copy(name, tensor, false)));
    return tensors;
  }

  private static StudentTensor copy(String name, NDArray tensor, boolean isTrained) {
    boolean isFloat32 = tensor.getDataType() == DataType.FLOAT32;
    return new StudentTensor(
        name,
        tensor.getShape().getShape(),
        isTrained,
        tensor.getDataType().name().toLowerCase(Locale.ROOT),
        isFloat32 ? Libtorch.floats(tensor) : new float[0]);
  }

  /**
   * Changes every value of float32 by a fifth at most and keeps its sign; zeros become positive.
   * The same seed changes the same student in the same way.
   */
  public void perturb(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (Map<String, NDArray> tensors : List.of(module.weights(), module.buffers())) {
      for (NDArray tensor : tensors.values()) {
        if (tensor.getDataType() == DataType.FLOAT32) {
          perturb(tensor, random);
        }
      }
    }
  }

  private void perturb(NDArray tensor, SplittableRandom random) {
    float[] values = Libtorch.floats(tensor);
    for (int i = 0; i < values.length; i++) {
      float draw = (float) random.nextDouble();
      values[i] = values[i] == 0 ? LARGEST_OF_ZERO * draw : values[i] * (1 + LARGEST_CHANGE * draw);
    }
    try (NDArray changed = manager.create(values, tensor.getShape())) {
      TensorBackup.copy(changed, tensor);
    }
  }

  /** Handles on tensors that are open; the same before and after a prediction. */
  int openTensors() {
    return manager.getManagedArrays().size() + module.openTensors();
  }

  @Override
  public void close() {
    module.close();
    manager.close();
  }
}
