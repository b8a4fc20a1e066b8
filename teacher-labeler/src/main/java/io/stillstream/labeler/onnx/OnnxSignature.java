package io.stillstream.labeler.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import ai.onnxruntime.TensorInfo.OnnxTensorType;
import io.stillstream.labeler.model.ExpectedOutput;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.model.ModelSpec.InputType;
import io.stillstream.runtime.model.ModelSpec.Layout;
import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The inputs and outputs that an ONNX file declares: one tensor of images, with any number of them,
 * and one tensor of answers. Where the file says nothing about a size, only the probe can tell.
 *
 * @param input name of the input
 */
record OnnxSignature(String input) {
  private static final long ANY = -1;

  /**
   * Reads it.
   *
   * @throws StartupException if it is another one than described; the message starts with the file
   *     and says what was expected and what was found
   */
  static OnnxSignature of(OrtSession session, ModelSpec spec) throws OrtException {
    Collection<NodeInfo> inputs = session.getInputInfo().values();
    long[] dimensions = dimensions(spec);
    boolean isFloat = spec.inputType() == InputType.FLOAT;
    String taken =
        "must take one tensor %s %s (%s)"
            .formatted(
                ExpectedOutput.text(dimensions), isFloat ? "float32" : "uint8", spec.layout());
    if (inputs.size() != 1 || !(first(inputs).getInfo() instanceof TensorInfo input)) {
      throw refusal(spec, taken, inputs, "");
    }
    if (input.type != (isFloat ? OnnxJavaType.FLOAT : OnnxJavaType.UINT8)
        || !allows(input, dimensions)) {
      throw refusal(spec, taken, inputs, "");
    }
    if (!input.isScalar() && input.getShape()[0] != ANY) {
      throw refusal(
          spec,
          taken,
          inputs,
          "; the first size must be dynamic (dynamic_axes or dynamic_shapes of the export)");
    }
    requireOutput(session.getOutputInfo().values(), spec);
    return new OnnxSignature(first(inputs).getName());
  }

  private static void requireOutput(Collection<NodeInfo> outputs, ModelSpec spec) {
    ExpectedOutput expected = new ExpectedOutput(spec.output());
    String answered = "must answer one tensor " + expected.description((int) ANY);
    if (outputs.size() != 1 || !(first(outputs).getInfo() instanceof TensorInfo output)) {
      throw refusal(spec, answered, outputs, "");
    }
    if (output.type != OnnxJavaType.FLOAT) {
      boolean isHalf =
          output.onnxType == OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16
              || output.onnxType == OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16;
      throw refusal(
          spec,
          answered,
          outputs,
          isHalf
              ? "; let it end with a Cast to float32, it may compute in half precision all the same"
              : "");
    }
    if (!allows(output, expected.dimensions((int) ANY))) {
      throw refusal(spec, answered, outputs, expected.advice(output.getShape().length));
    }
  }

  /** Whether sizes after the first are as expected or open; no sizes at all may be open too. */
  private static boolean allows(TensorInfo tensor, long[] expected) {
    long[] found = tensor.getShape();
    if (found.length == 0) {
      return true;
    }
    boolean allowed = found.length == expected.length;
    for (int i = 1; allowed && i < found.length; i++) {
      allowed = found[i] == ANY || found[i] == expected[i];
    }
    return allowed;
  }

  private static long[] dimensions(ModelSpec spec) {
    return spec.layout() == Layout.NCHW
        ? new long[] {ANY, spec.channels(), spec.height(), spec.width()}
        : new long[] {ANY, spec.height(), spec.width(), spec.channels()};
  }

  private static StartupException refusal(
      ModelSpec spec, String expected, Collection<NodeInfo> found, String advice) {
    String tensors = found.stream().map(OnnxSignature::text).collect(Collectors.joining(" and "));
    return new StartupException(
        "%s: %s; found %s%s"
            .formatted(spec.file(), expected, tensors.isEmpty() ? "none" : tensors, advice));
  }

  private static String text(NodeInfo node) {
    return node.getInfo() instanceof TensorInfo tensor
        ? "%s %s %s"
            .formatted(
                node.getName(), ExpectedOutput.text(tensor.getShape()), typeName(tensor.onnxType))
        : node.getName() + ", which is no tensor";
  }

  private static String typeName(OnnxTensorType type) {
    String name =
        type.name().replace("ONNX_TENSOR_ELEMENT_DATA_TYPE_", "").toLowerCase(Locale.ROOT);
    return name.equals("float") ? "float32" : name;
  }

  private static NodeInfo first(Collection<NodeInfo> nodes) {
    return nodes.iterator().next();
  }
}
