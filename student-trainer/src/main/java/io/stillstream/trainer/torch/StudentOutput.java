package io.stillstream.trainer.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.stillstream.trainer.training.example.TrainingBatch;

/** What a student's forward pass must return. */
final class StudentOutput {
  private StudentOutput() {}

  /**
   * Checks that the output for grey views is float32, all finite, and has the described shape.
   *
   * @throws IllegalArgumentException saying what it is instead
   */
  static void require(NDArray output, TrainingBatch batch) {
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
    for (float value : output.toFloatArray()) {
      if (!Float.isFinite(value)) {
        throw new IllegalArgumentException("its output for a grey view is not finite");
      }
    }
  }
}
