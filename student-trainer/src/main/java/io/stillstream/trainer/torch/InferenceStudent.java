package io.stillstream.trainer.torch;

import ai.djl.ndarray.NDManager;
import io.stillstream.trainer.training.comparison.PairedComparison;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.hyperparameters.TorchOptions;

/**
 * A student that does not learn: a release, loaded to answer. Shares nothing with the one that
 * trains. To be used by the thread that made it.
 */
public final class InferenceStudent implements PairedComparison.BaselineModel, AutoCloseable {
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
