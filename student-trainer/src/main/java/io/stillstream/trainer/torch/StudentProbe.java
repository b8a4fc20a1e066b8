package io.stillstream.trainer.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.stillstream.runtime.config.Scalars;
import io.stillstream.trainer.training.example.TrainingBatch;

/** Forward and backward passes that leave a student as it was, to see whether it can be trained. */
final class StudentProbe {
  private final NDManager manager;
  private final TrainedModel model;
  private final BackwardPass backward;

  /**
   * @param manager lives as long as this
   */
  StudentProbe(NDManager manager, TrainedModel model, BackwardPass backward) {
    this.manager = manager;
    this.model = model;
    this.backward = backward;
  }

  /**
   * Runs views of grey through the module, and back.
   *
   * @throws IllegalArgumentException if it fails, has another shape than described, or answers with
   *     something that is not finite
   */
  void run(TrainingBatch batch) {
    try (NDManager scope = manager.newSubManager()) {
      requireOutput(model.predict(scope, batch), batch);
    } catch (IllegalArgumentException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("it cannot take its own input: " + e.getMessage(), e);
    }
    deriveOrMakeContiguous(batch);
  }

  private void deriveOrMakeContiguous(TrainingBatch batch) {
    try {
      derive(batch);
    } catch (RuntimeException e) {
      if (!model.makeContiguous()) {
        throw new IllegalArgumentException(
            "it has no gradients in %s: %s"
                .formatted(Scalars.name(model.precision()), e.getMessage()),
            e);
      }
      deriveOrMakeContiguous(batch);
    }
  }

  /** Derives the loss of a batch, and changes nothing. */
  void derive(TrainingBatch batch) {
    try (NDManager scope = manager.newSubManager()) {
      TensorBackup before = new TensorBackup(scope, model.buffers().values());
      try {
        BackwardPass.Losses unused = backward.run(batch);
      } finally {
        before.restore();
        try (Gradients gradients = new Gradients(model.weights())) {
          gradients.clear();
        }
      }
    }
  }

  /**
   * Checks that the output for grey views is float32, all finite, and has the described shape.
   *
   * @throws IllegalArgumentException saying what it is instead
   */
  private static void requireOutput(NDArray output, TrainingBatch batch) {
    Shape expected = new Shape(batch.output().batch(batch.size()));
    if (!output.getShape().equals(expected)) {
      throw new IllegalArgumentException(
          "its output for "
              + batch.size()
              + " views has shape "
              + output.getShape()
              + "; its description says "
              + batch.output()
              + ": it must be "
              + expected);
    }
    if (output.getDataType() != DataType.FLOAT32) {
      throw new IllegalArgumentException(
          "its output is of type " + output.getDataType() + ", not float32");
    }
    for (float value : Libtorch.floats(output)) {
      if (!Float.isFinite(value)) {
        throw new IllegalArgumentException("its output for a grey view is not finite");
      }
    }
  }
}
