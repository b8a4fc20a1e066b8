package io.stillstream.labeler.remote;

import com.google.protobuf.ByteString;
import io.stillstream.labeler.model.InferenceException;
import io.stillstream.protocols.inference.InferTensorContents;
import io.stillstream.protocols.inference.ModelInferResponse;
import io.stillstream.protocols.inference.ModelInferResponse.InferOutputTensor;
import io.stillstream.schemas.answer.HalfPrecision;
import io.stillstream.schemas.answer.OutputShape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/** Reads answers from responses: raw or typed contents, in FP32, FP16 or FP64. */
final class RemoteAnswers {
  private RemoteAnswers() {}

  /**
   * One row per view.
   *
   * @param output name of the tensor
   * @return [views, {@link OutputShape#size}]
   * @throws InferenceException if there is no such tensor, or it has another shape or type, or
   *     another number of values than its shape says
   */
  static float[][] rows(ModelInferResponse response, String output, int views, OutputShape shape) {
    List<InferOutputTensor> outputs = response.getOutputsList();
    int index = -1;
    for (int i = 0; i < outputs.size(); i++) {
      if (outputs.get(i).getName().equals(output)) {
        index = i;
      }
    }
    InferOutputTensor tensor = index < 0 ? null : outputs.get(index);
    long[] expected = shape.batch(views);
    if (tensor == null
        || !RemoteTensors.OUTPUT_TYPES.contains(tensor.getDatatype())
        || !Arrays.equals(shape(tensor), expected)) {
      throw new InferenceException(
          "must answer %s %s in FP32, FP16 or FP64; found %s"
              .formatted(output, Arrays.toString(expected), found(outputs)));
    }
    float[] flat =
        response.getRawOutputContentsCount() > index
            ? raw(tensor.getDatatype(), response.getRawOutputContents(index))
            : typed(tensor.getDatatype(), tensor.getContents());
    int size = shape.size();
    if (flat.length != views * size) {
      throw new InferenceException(
          "must answer %s with %d values; found %d".formatted(output, views * size, flat.length));
    }
    float[][] rows = new float[views][];
    for (int n = 0; n < views; n++) {
      rows[n] = Arrays.copyOfRange(flat, n * size, (n + 1) * size);
    }
    return rows;
  }

  /** Little-endian, as the protocol has it. */
  private static float[] raw(String type, ByteString bytes) {
    ByteBuffer buffer = bytes.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    return switch (type) {
      case "FP16" -> HalfPrecision.decode(buffer);
      case "FP64" -> doubles(buffer);
      default -> floats(buffer.asFloatBuffer());
    };
  }

  private static float[] doubles(ByteBuffer buffer) {
    float[] values = new float[buffer.remaining() / Double.BYTES];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) buffer.getDouble();
    }
    return values;
  }

  private static float[] floats(FloatBuffer buffer) {
    float[] values = new float[buffer.remaining()];
    buffer.get(values);
    return values;
  }

  private static float[] typed(String type, InferTensorContents contents) {
    boolean isDouble = type.equals("FP64");
    float[] values =
        new float[isDouble ? contents.getFp64ContentsCount() : contents.getFp32ContentsCount()];
    for (int i = 0; i < values.length; i++) {
      values[i] = isDouble ? (float) contents.getFp64Contents(i) : contents.getFp32Contents(i);
    }
    return values;
  }

  private static long[] shape(InferOutputTensor tensor) {
    return tensor.getShapeList().stream().flatMapToLong(LongStream::of).toArray();
  }

  private static String found(List<InferOutputTensor> outputs) {
    return outputs.isEmpty()
        ? "none"
        : outputs.stream()
            .map(
                tensor ->
                    "%s %s %s"
                        .formatted(tensor.getName(), tensor.getShapeList(), tensor.getDatatype()))
            .reduce((a, b) -> a + ", " + b)
            .orElseThrow();
  }
}
