package io.stillstream.labeler.torch;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.stillstream.labeler.model.InferenceException;
import java.util.Arrays;
import java.util.Locale;

/** Checks and reads the output of a module. */
final class TorchOutput {
  private TorchOutput() {}

  /**
   * Reads logits.
   *
   * @return [views, classes]
   * @throws InferenceException if the output is not one tensor of this shape in float32
   */
  static float[][] logits(NDList output, int views, int classes) {
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

  /** A failed forward pass in the terms of the model's interface. */
  static InferenceException failure(EngineException e) {
    return new InferenceException(TorchModule.firstLine(e), isOutOfMemory(e), e);
  }

  /** By the messages of the allocators of CUDA and of the CPU. */
  private static boolean isOutOfMemory(EngineException e) {
    String message = String.valueOf(e.getMessage());
    return message.contains("out of memory") || message.contains("can't allocate memory");
  }

  private static String advice(NDArray output) {
    // DJL has no name for bfloat16.
    return output != null
            && (output.getDataType() == DataType.FLOAT16
                || output.getDataType() == DataType.UNKNOWN)
        ? "; let its forward return logits.float(), it may compute in half precision all the same"
        : "";
  }
}
