package io.stillstream.labeler.torch;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.stillstream.labeler.model.InferenceException;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.schemas.answer.OutputShape;
import java.util.Arrays;
import java.util.Locale;

/** Checks and reads the output of a module. */
final class TorchOutput {
  private TorchOutput() {}

  /**
   * Reads answers.
   *
   * @return [views, {@link OutputShape#size}]
   * @throws InferenceException if the output is not one tensor of this shape in float32
   */
  static float[][] rows(NDList output, int views, OutputShape shape) {
    Shape expected = new Shape(shape.batch(views));
    NDArray only = output.size() == 1 ? output.get(0) : null;
    if (only == null
        || only.getDataType() != DataType.FLOAT32
        || !only.getShape().equals(expected)) {
      String found =
          only == null
              ? output.size() + " tensors"
              : only.getShape() + " " + only.getDataType().name().toLowerCase(Locale.ROOT);
      throw new InferenceException(
          "must answer one tensor %s float32, %s; found %s%s"
              .formatted(expected, meaning(shape), found, advice(only, shape)));
    }
    float[] flat = only.toFloatArray();
    float[][] rows = new float[views][];
    int size = shape.size();
    for (int n = 0; n < views; n++) {
      rows[n] = Arrays.copyOfRange(flat, n * size, (n + 1) * size);
    }
    return rows;
  }

  private static String meaning(OutputShape shape) {
    return switch (shape.task()) {
      case CLASSIFICATION -> "one row per view and one column per class name";
      case SEGMENTATION ->
          "for each view and class name the logits of cells of %d x %d pixels"
              .formatted(shape.stride(), shape.stride());
      case EMBEDDING -> "one row per view and one column per dimension";
    };
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

  private static String advice(NDArray output, OutputShape shape) {
    if (output == null) {
      return "";
    }
    // DJL has no name for bfloat16.
    if (output.getDataType() == DataType.FLOAT16 || output.getDataType() == DataType.UNKNOWN) {
      return "; let its forward return logits.float(), it may compute in half precision all the same";
    }
    return shape.task() == ModelTask.CLASSIFICATION && output.getShape().dimension() == 4
        ? "; a model of pixels is declared as task: segmentation"
        : "";
  }
}
