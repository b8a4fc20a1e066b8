package io.stillstream.trainer.onnx;

import io.stillstream.protocols.onnx.AttributeProto;
import io.stillstream.protocols.onnx.GraphProto;
import io.stillstream.protocols.onnx.NodeProto;
import io.stillstream.protocols.onnx.TensorProto;
import io.stillstream.protocols.onnx.TensorShapeProto;
import io.stillstream.protocols.onnx.TypeProto;
import io.stillstream.protocols.onnx.ValueInfoProto;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.model.ModelSpec.InputType;
import io.stillstream.trainer.torch.InferenceStudent.StudentTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** What is wrong with a template for a student, as far as its names, types and shapes tell. */
final class TemplateCheck {
  private final GraphProto graph;
  private final ModelSpec model;
  private final List<StudentTensor> tensors;
  private final Map<String, TensorProto> initialisers = new HashMap<>();
  private final List<String> problems = new ArrayList<>();

  private TemplateCheck(GraphProto graph, ModelSpec model, List<StudentTensor> tensors) {
    this.graph = graph;
    this.model = model;
    this.tensors = tensors;
  }

  /** All that is wrong; empty if the template fits. */
  static List<String> problems(
      OnnxTemplate template, ModelSpec model, List<StudentTensor> tensors) {
    TemplateCheck check = new TemplateCheck(template.graph(), model, tensors);
    check.checkInitialisers();
    check.checkTensors();
    check.checkStrangers();
    check.checkInput();
    check.checkOutput();
    return check.problems;
  }

  private void checkInitialisers() {
    for (TensorProto initialiser : graph.getInitializerList()) {
      if (initialisers.put(initialiser.getName(), initialiser) != null) {
        problems.add(initialiser.getName() + ": there are two initialisers of this name");
      }
    }
    checkExternalData(graph);
  }

  private void checkExternalData(GraphProto part) {
    part.getInitializerList().forEach(this::checkExternalData);
    for (NodeProto node : part.getNodeList()) {
      for (AttributeProto attribute : node.getAttributeList()) {
        if (attribute.hasT()) {
          checkExternalData(attribute.getT());
        }
        if (attribute.hasG()) {
          checkExternalData(attribute.getG());
        }
        attribute.getGraphsList().forEach(this::checkExternalData);
      }
    }
  }

  private void checkExternalData(TensorProto tensor) {
    if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
      problems.add(
          tensor.getName() + ": its data is in another file; export everything into one file");
    }
  }

  /** A buffer that the graph does not use may be missing: a comparison of answers tells. */
  private void checkTensors() {
    for (StudentTensor tensor : tensors) {
      TensorProto initialiser = initialisers.get(tensor.name());
      if (initialiser != null && !tensor.isInteger()) {
        checkTensor(tensor, initialiser);
      } else if (initialiser == null) {
        Optional<NodeProto> merged = mergedInto(tensor.name());
        if (merged.isPresent()) {
          problems.add(
              "%s: is merged with %s, which had the same values; export with random values"
                  .formatted(tensor.name(), merged.get().getInput(0)));
        } else if (tensor.isTrained()) {
          problems.add(
              "%s: there is no such initialiser, the student's has shape %s; export with %s"
                  .formatted(
                      tensor.name(),
                      Arrays.toString(tensor.shape()),
                      "training=PRESERVE, do_constant_folding=False"));
        }
      }
    }
  }

  private void checkTensor(StudentTensor tensor, TensorProto initialiser) {
    if (!tensor.isFloat32()) {
      problems.add("%s: the student's is %s, not float32".formatted(tensor.name(), tensor.type()));
    }
    if (initialiser.getDataType() != TensorProto.DataType.FLOAT_VALUE) {
      problems.add(
          "%s: is %s, must be float32".formatted(tensor.name(), type(initialiser.getDataType())));
    }
    if (!initialiser.getDimsList().equals(LongStream.of(tensor.shape()).boxed().toList())) {
      problems.add(
          "%s: has shape %s, the student's has %s"
              .formatted(
                  tensor.name(), initialiser.getDimsList(), Arrays.toString(tensor.shape())));
    }
  }

  private Optional<NodeProto> mergedInto(String name) {
    return graph.getNodeList().stream()
        .filter(node -> node.getOpType().equals("Identity") && node.getOutputList().contains(name))
        .findFirst();
  }

  /**
   * An initialiser that is named as a module names its parameters, {@code layer.weight}, belongs to
   * another student. Exporters name constants otherwise: {@code /layer/Constant_output_0}, {@code
   * onnx::Resize_12}, {@code val_3}.
   */
  private void checkStrangers() {
    Set<String> known = tensors.stream().map(StudentTensor::name).collect(Collectors.toSet());
    for (TensorProto initialiser : graph.getInitializerList()) {
      String name = initialiser.getName();
      if (name.contains(".")
          && !name.contains("/")
          && !name.contains("::")
          && initialiser.getDataType() == TensorProto.DataType.FLOAT_VALUE
          && !known.contains(name)) {
        problems.add(
            "%s: has shape %s, the student has no such parameter"
                .formatted(name, initialiser.getDimsList()));
      }
    }
  }

  private void checkInput() {
    // Before version 4 of the format, initialisers were inputs too.
    List<ValueInfoProto> inputs =
        graph.getInputList().stream()
            .filter(input -> !initialisers.containsKey(input.getName()))
            .toList();
    long height = model.height();
    long width = model.width();
    long channels = model.channels();
    if (model.inputType() == InputType.FLOAT) {
      checkValue("input", inputs, TensorProto.DataType.FLOAT_VALUE, channels, height, width);
    } else {
      checkValue("input", inputs, TensorProto.DataType.UINT8_VALUE, height, width, channels);
    }
  }

  private void checkOutput() {
    long[] batch = model.output().batch(1);
    checkValue(
        "output",
        graph.getOutputList(),
        TensorProto.DataType.FLOAT_VALUE,
        Arrays.copyOfRange(batch, 1, batch.length));
  }

  private void checkValue(String kind, List<ValueInfoProto> values, int type, long... expected) {
    if (values.size() != 1) {
      List<String> names = values.stream().map(ValueInfoProto::getName).toList();
      problems.add("it must have one %s, has %s".formatted(kind, names));
      return;
    }
    TypeProto.Tensor tensor = values.get(0).getType().getTensorType();
    String name = kind + " " + values.get(0).getName();
    if (tensor.getElemType() != type) {
      problems.add("%s: is %s, must be %s".formatted(name, type(tensor.getElemType()), type(type)));
    }
    List<TensorShapeProto.Dimension> dims = tensor.getShape().getDimList();
    boolean fits = dims.size() == expected.length + 1;
    for (int i = 0; fits && i < expected.length; i++) {
      TensorShapeProto.Dimension dim = dims.get(i + 1);
      fits = !dim.hasDimValue() || dim.getDimValue() == expected[i];
    }
    if (tensor.hasShape() && !fits) {
      problems.add(
          "%s: has shape %s, the student's has %s".formatted(name, shape(dims), shape(expected)));
    } else if (tensor.hasShape() && dims.get(0).hasDimValue()) {
      problems.add(
          "%s: takes exactly %d views; export with a dynamic first dimension (dynamic_axes)"
              .formatted(name, dims.get(0).getDimValue()));
    }
  }

  private static String shape(List<TensorShapeProto.Dimension> dims) {
    return dims.stream()
        .map(
            dim ->
                dim.hasDimValue()
                    ? Long.toString(dim.getDimValue())
                    : dim.getDimParam().isEmpty() ? "?" : dim.getDimParam())
        .collect(Collectors.joining(", ", "[", "]"));
  }

  private static String shape(long[] expected) {
    return LongStream.of(expected)
        .mapToObj(Long::toString)
        .collect(Collectors.joining(", ", "[N, ", "]"));
  }

  private static String type(int number) {
    TensorProto.DataType type = TensorProto.DataType.forNumber(number);
    return type == null
        ? "type " + number
        : type == TensorProto.DataType.FLOAT ? "float32" : type.name().toLowerCase(Locale.ROOT);
  }
}
