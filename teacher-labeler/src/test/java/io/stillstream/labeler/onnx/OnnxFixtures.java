package io.stillstream.labeler.onnx;

import io.stillstream.labeler.torch.TeacherModelFixtures;
import io.stillstream.protocols.onnx.AttributeProto;
import io.stillstream.protocols.onnx.AttributeProto.AttributeType;
import io.stillstream.protocols.onnx.GraphProto;
import io.stillstream.protocols.onnx.ModelProto;
import io.stillstream.protocols.onnx.NodeProto;
import io.stillstream.protocols.onnx.OperatorSetIdProto;
import io.stillstream.protocols.onnx.TensorProto;
import io.stillstream.protocols.onnx.TensorProto.DataType;
import io.stillstream.protocols.onnx.TensorShapeProto;
import io.stillstream.protocols.onnx.TypeProto;
import io.stillstream.protocols.onnx.ValueInfoProto;
import io.stillstream.runtime.model.ModelSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * ONNX files that answer as the TorchScript modules of the same names do, see {@link
 * TeacherModelFixtures}, and parts for others.
 */
public final class OnnxFixtures {
  static final int ANY = -1;

  private static final int PIXELS = 16;
  private static final int CLASSES = 3;

  private OnnxFixtures() {}

  /**
   * Writes a model directory: {@code model.onnx} and the description of the module.
   *
   * @param name of a module that there is a description of
   */
  public static Path write(Path directory, String name, ModelProto model) throws IOException {
    Files.createDirectories(directory);
    Files.write(directory.resolve("model.onnx"), model.toByteArray());
    Files.copy(
        TeacherModelFixtures.directory(name).resolve("teacher.yaml"),
        directory.resolve("teacher.yaml"));
    return directory;
  }

  /** A model directory with the model that has the module's name. */
  public static Path write(Path directory, String name) throws IOException {
    return write(directory, name, named(name));
  }

  static ModelSpec spec(Path directory, String name) throws IOException {
    return ModelSpec.load(write(directory, name), "teacher");
  }

  static ModelSpec spec(Path directory, String name, ModelProto model) throws IOException {
    return ModelSpec.load(write(directory, name, model), "teacher");
  }

  /** Logits of {@code linear}, each greater by {@code shift}. */
  public static ModelProto shifted(float shift) {
    return model(
        graph(floatViews(), value("y", DataType.FLOAT, ANY, CLASSES))
            .addNode(node("Flatten", List.of("x"), "flat"))
            .addNode(node("Gemm", List.of("flat", "weight", "bias"), "y"))
            .addInitializer(linearWeight())
            .addInitializer(floats("bias", new long[] {CLASSES}, shift, shift, shift)));
  }

  private static ModelProto named(String name) {
    return switch (name) {
      case "linear", "scaled" -> shifted(0);
      case "bytes" -> bytes();
      case "float16" -> float16();
      case "pixels" -> pixels();
      case "vector" -> vector();
      case "colours-last" -> coloursLast();
      case "planes" -> planes();
      case "moody" -> moody();
      case "hungry" -> hungry();
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static ModelProto bytes() {
    return model(
        graph(value("x", DataType.UINT8, ANY, 4, 4, 1), value("y", DataType.FLOAT, ANY, CLASSES))
            .addNode(cast("x", "floats", DataType.FLOAT))
            .addNode(node("Div", List.of("floats", "full"), "scaled"))
            .addNode(node("Flatten", List.of("scaled"), "flat"))
            .addNode(node("MatMul", List.of("flat", "weight"), "y"))
            .addInitializer(linearWeight())
            .addInitializer(floats("full", new long[0], 255)));
  }

  /** Computes with 11 bits of mantissa. */
  private static ModelProto float16() {
    return model(
        graph(floatViews(), value("y", DataType.FLOAT, ANY, CLASSES))
            .addNode(node("Flatten", List.of("x"), "flat"))
            .addNode(cast("flat", "flat16", DataType.FLOAT16))
            .addNode(cast("weight", "weight16", DataType.FLOAT16))
            .addNode(node("MatMul", List.of("flat16", "weight16"), "y16"))
            .addNode(cast("y16", "y", DataType.FLOAT))
            .addInitializer(linearWeight()));
  }

  private static ModelProto pixels() {
    return model(
        graph(floatViews(), value("y", DataType.FLOAT, ANY, CLASSES, 2, 2))
            .addNode(
                with(
                    with(node("Conv", List.of("x", "weight"), "y"), "kernel_shape", 2, 2),
                    "strides",
                    2,
                    2))
            .addInitializer(
                floats(
                    "weight", new long[] {CLASSES, 1, 2, 2}, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1)));
  }

  private static ModelProto vector() {
    float[] first = new float[PIXELS * 5];
    for (int d = 0; d < 5; d++) {
      first[d * 5 + d] = 1;
    }
    return model(
        graph(floatViews(), value("y", DataType.FLOAT, ANY, 5))
            .addNode(node("Flatten", List.of("x"), "flat"))
            .addNode(node("MatMul", List.of("flat", "weight"), "y"))
            .addInitializer(floats("weight", new long[] {PIXELS, 5}, first)));
  }

  private static ModelProto coloursLast() {
    return model(
        graph(value("x", DataType.FLOAT, ANY, 4, 4, 3), value("y", DataType.FLOAT, ANY, CLASSES))
            .addNode(mean("x", "y", 1, 2)));
  }

  private static ModelProto planes() {
    return model(
        graph(value("x", DataType.UINT8, ANY, 3, 4, 4), value("y", DataType.FLOAT, ANY, CLASSES))
            .addNode(cast("x", "floats", DataType.FLOAT))
            .addNode(node("Div", List.of("floats", "full"), "scaled"))
            .addNode(mean("scaled", "y", 2, 3))
            .addInitializer(floats("full", new long[0], 255)));
  }

  /**
   * Fails on batches with a pixel of 255: no element has the index that the brightest one gives.
   */
  private static ModelProto moody() {
    NodeProto brightest = with(node("ReduceMax", List.of("x"), "brightest"), "keepdims", 0);
    return model(
        graph(floatViews(), value("y", DataType.FLOAT, ANY, CLASSES))
            .addNode(brightest)
            .addNode(cast("brightest", "index", DataType.INT64))
            .addNode(node("Gather", List.of("zeros", "index"), "zero"))
            .addNode(node("Flatten", List.of("x"), "flat"))
            .addNode(node("MatMul", List.of("flat", "weight"), "logits"))
            .addNode(node("Add", List.of("logits", "zero"), "y"))
            .addInitializer(floats("zeros", new long[] {1}, 0))
            .addInitializer(linearWeight()));
  }

  /** Needs more memory than there is for more than four views. */
  private static ModelProto hungry() {
    return model(
        graph(floatViews(), value("y", DataType.FLOAT, ANY, CLASSES))
            .addNode(node("Shape", List.of("x"), "sizes"))
            .addNode(node("Gather", List.of("sizes", "first"), "views"))
            .addNode(node("Greater", List.of("views", "four"), "many"))
            .addNode(node("Where", List.of("many", "huge", "one"), "size"))
            .addNode(node("ConstantOfShape", List.of("size"), "memory"))
            .addNode(with(node("ReduceMax", List.of("memory"), "zero"), "keepdims", 0))
            .addNode(node("Flatten", List.of("x"), "flat"))
            .addNode(node("MatMul", List.of("flat", "weight"), "logits"))
            .addNode(node("Add", List.of("logits", "zero"), "y"))
            .addInitializer(longs("first", new long[] {1}, 0))
            .addInitializer(longs("four", new long[] {1}, 4))
            .addInitializer(longs("huge", new long[] {1}, 1L << 50))
            .addInitializer(longs("one", new long[] {1}, 1))
            .addInitializer(linearWeight()));
  }

  /** Of {@code linear}: the sum, the first and the last pixel. */
  static TensorProto linearWeight() {
    float[] weight = new float[PIXELS * CLASSES];
    for (int pixel = 0; pixel < PIXELS; pixel++) {
      weight[pixel * CLASSES] = 1;
    }
    weight[1] = 1;
    weight[(PIXELS - 1) * CLASSES + 2] = 1;
    return floats("weight", new long[] {PIXELS, CLASSES}, weight);
  }

  static ValueInfoProto floatViews() {
    return value("x", DataType.FLOAT, ANY, 1, 4, 4);
  }

  /** A graph from input {@code x} to output {@code y}, to be completed. */
  static GraphProto.Builder graph(ValueInfoProto input, ValueInfoProto output) {
    return GraphProto.newBuilder().setName("teacher").addInput(input).addOutput(output);
  }

  static ModelProto model(GraphProto.Builder graph) {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .setProducerName("test")
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
        .setGraph(graph)
        .build();
  }

  /** A tensor that goes in or out; {@link #ANY} is a size that is open. */
  static ValueInfoProto value(String name, DataType type, long... sizes) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long size : sizes) {
      TensorShapeProto.Dimension.Builder dimension = TensorShapeProto.Dimension.newBuilder();
      shape.addDim(size == ANY ? dimension.setDimParam("n") : dimension.setDimValue(size));
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(shape)))
        .build();
  }

  static NodeProto node(String operator, List<String> inputs, String output) {
    return NodeProto.newBuilder().setOpType(operator).addAllInput(inputs).addOutput(output).build();
  }

  static NodeProto cast(String from, String to, DataType type) {
    return with(node("Cast", List.of(from), to), "to", type.getNumber());
  }

  private static NodeProto mean(String from, String to, long... axes) {
    return with(with(node("ReduceMean", List.of(from), to), "axes", axes), "keepdims", 0);
  }

  /** The node with an attribute more: one integer, or several. */
  static NodeProto with(NodeProto node, String attribute, long... values) {
    AttributeProto.Builder value = AttributeProto.newBuilder().setName(attribute);
    if (values.length == 1) {
      value.setType(AttributeType.INT).setI(values[0]);
    } else {
      value.setType(AttributeType.INTS).addAllInts(LongStream.of(values).boxed().toList());
    }
    return node.toBuilder().addAttribute(value).build();
  }

  static TensorProto floats(String name, long[] sizes, float... values) {
    TensorProto.Builder tensor = tensor(name, DataType.FLOAT, sizes);
    for (float value : values) {
      tensor.addFloatData(value);
    }
    return tensor.build();
  }

  private static TensorProto longs(String name, long[] sizes, long... values) {
    return tensor(name, DataType.INT64, sizes)
        .addAllInt64Data(LongStream.of(values).boxed().toList())
        .build();
  }

  private static TensorProto.Builder tensor(String name, DataType type, long... sizes) {
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(type.getNumber())
        .addAllDims(Arrays.stream(sizes).boxed().toList());
  }
}
