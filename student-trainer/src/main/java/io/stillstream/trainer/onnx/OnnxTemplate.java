package io.stillstream.trainer.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.stillstream.protocols.onnx.GraphProto;
import io.stillstream.protocols.onnx.ModelProto;
import io.stillstream.protocols.onnx.OperatorSetIdProto;
import io.stillstream.protocols.onnx.TensorProto;
import io.stillstream.trainer.torch.InferenceStudent.StudentTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * An unfused export of a student: a graph whose initialisers have the names of the student's
 * parameters and buffers. Its own values do not matter.
 *
 * @see <a href="https://onnx.ai/onnx/repo-docs/IR.html">ONNX's intermediate representation</a>
 */
final class OnnxTemplate {
  /** The other name of ONNX's default operator set; the usual one is the empty string. */
  static final String DEFAULT_DOMAIN = "ai.onnx";

  private final ModelProto model;
  private final long opset;

  private OnnxTemplate(ModelProto model, long opset) {
    this.model = model;
    this.opset = opset;
  }

  /**
   * Reads an export, and turns nodes that train into nodes that infer.
   *
   * @throws IllegalArgumentException if this is no ONNX model, or none that can infer
   */
  static OnnxTemplate parse(byte[] file) {
    ModelProto model;
    try {
      model = ModelProto.parseFrom(file);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("it is no ONNX file: " + e.getMessage(), e);
    }
    if (!model.hasGraph() || model.getGraph().getNodeCount() == 0) {
      throw new IllegalArgumentException("it is no ONNX file: it has no graph");
    }
    long opset =
        model.getOpsetImportList().stream()
            .filter(OnnxTemplate::isDefault)
            .mapToLong(OperatorSetIdProto::getVersion)
            .findFirst()
            .orElseThrow(
                () -> new IllegalArgumentException("it does not say its version of operators"));
    return new OnnxTemplate(InferenceGraph.of(model), opset);
  }

  private static boolean isDefault(OperatorSetIdProto set) {
    return set.getDomain().isEmpty() || set.getDomain().equals(DEFAULT_DOMAIN);
  }

  GraphProto graph() {
    return model.getGraph();
  }

  /** Version of the default operator set. */
  long opset() {
    return opset;
  }

  /**
   * The file with other values; the same values give the same bytes.
   *
   * @param tensors with the names and shapes of initialisers; others are ignored
   */
  byte[] with(List<StudentTensor> tensors) {
    Map<String, StudentTensor> byName =
        tensors.stream()
            .filter(StudentTensor::isFloat32)
            .collect(Collectors.toMap(StudentTensor::name, Function.identity()));
    GraphProto.Builder graph = model.getGraph().toBuilder();
    for (int i = 0; i < graph.getInitializerCount(); i++) {
      StudentTensor tensor = byName.get(graph.getInitializer(i).getName());
      if (tensor != null) {
        graph.setInitializer(i, initialiser(tensor));
      }
    }
    return model.toBuilder().setGraph(graph).build().toByteArray();
  }

  private static TensorProto initialiser(StudentTensor tensor) {
    ByteBuffer bytes =
        ByteBuffer.allocate(tensor.values().length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(tensor.values());
    return TensorProto.newBuilder()
        .setName(tensor.name())
        .setDataType(TensorProto.DataType.FLOAT_VALUE)
        .addAllDims(Arrays.stream(tensor.shape()).boxed().toList())
        .setRawData(ByteString.copyFrom(bytes))
        .build();
  }
}
