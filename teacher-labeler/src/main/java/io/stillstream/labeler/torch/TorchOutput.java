package io.stillstream.labeler.torch;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.stillstream.labeler.model.ExpectedOutput;
import io.stillstream.labeler.model.InferenceException;
import io.stillstream.schemas.answer.OutputShape;
import java.nio.FloatBuffer;
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
  static float[][] rows(NDList output, int views, ExpectedOutput expected) {
    NDArray only = output.size() == 1 ? output.get(0) : null;
    if (only == null
        || only.getDataType() != DataType.FLOAT32
        || !only.getShape().equals(new Shape(expected.dimensions(views)))) {
      String found =
          only == null
              ? output.size() + " tensors"
              : only.getShape() + " " + only.getDataType().name().toLowerCase(Locale.ROOT);
      throw new InferenceException(
          "must answer one tensor %s; found %s%s"
              .formatted(expected.description(views), found, advice(only, expected)));
    }
    return expected.rows(FloatBuffer.wrap(only.toFloatArray()), views);
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

  private static String advice(NDArray output, ExpectedOutput expected) {
    if (output == null) {
      return "";
    }
    // DJL has no name for bfloat16.
    if (output.getDataType() == DataType.FLOAT16 || output.getDataType() == DataType.UNKNOWN) {
      return "; let its forward return logits.float(), it may compute in half precision all the same";
    }
    return expected.advice(output.getShape().dimension());
  }
}
