package io.stillstream.labeler.remote;

import io.stillstream.labeler.config.RemoteTeacherSettings;
import io.stillstream.protocols.inference.ModelMetadataResponse;
import io.stillstream.protocols.inference.ModelMetadataResponse.TensorMetadata;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.model.ModelSpec.InputType;
import io.stillstream.runtime.model.ModelSpec.Layout;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The tensors that a model on a server takes and answers.
 *
 * @param input name of the input
 * @param output name of the output
 */
record RemoteTensors(String input, String output) {
  /** Answers in these types are converted to float32. */
  static final Set<String> OUTPUT_TYPES = Set.of("FP32", "FP16", "FP64");

  /**
   * Finds them in the server's metadata.
   *
   * @throws StartupException if there is none such, or it is of another type or shape than
   *     described; the message says what was expected and what the server says
   */
  static RemoteTensors of(
      ModelMetadataResponse metadata, RemoteTeacherSettings settings, ModelSpec spec) {
    String model = settings.url() + "/" + settings.model();
    String input = name(model, "input", settings.input(), metadata.getInputsList());
    String output = name(model, "output", settings.output(), metadata.getOutputsList());
    find(input, metadata.getInputsList())
        .ifPresent(
            tensor ->
                require(
                    model + ": must take input " + input,
                    tensor,
                    Set.of(inputType(spec)),
                    inputShape(spec)));
    find(output, metadata.getOutputsList())
        .ifPresent(
            tensor ->
                require(
                    model + ": must answer output " + output,
                    tensor,
                    OUTPUT_TYPES,
                    spec.output().batch(-1)));
    return new RemoteTensors(input, output);
  }

  /** As the protocol names types. */
  static String inputType(ModelSpec spec) {
    return spec.inputType() == InputType.FLOAT ? "FP32" : "UINT8";
  }

  private static long[] inputShape(ModelSpec spec) {
    return spec.layout() == Layout.NCHW
        ? new long[] {-1, spec.channels(), spec.height(), spec.width()}
        : new long[] {-1, spec.height(), spec.width(), spec.channels()};
  }

  private static String name(
      String model, String kind, Optional<String> configured, List<TensorMetadata> offered) {
    if (configured.isPresent()) {
      if (!offered.isEmpty() && find(configured.get(), offered).isEmpty()) {
        throw new StartupException(
            "%s: has no %s %s, it has %s".formatted(model, kind, configured.get(), list(offered)));
      }
      return configured.get();
    }
    if (offered.size() != 1) {
      throw new StartupException(
          "%s: the server names %s: the setting %s must say which"
              .formatted(
                  model, offered.isEmpty() ? "no " + kind : kind + "s " + list(offered), kind));
    }
    return offered.get(0).getName();
  }

  private static Optional<TensorMetadata> find(String name, List<TensorMetadata> offered) {
    return offered.stream().filter(tensor -> tensor.getName().equals(name)).findFirst();
  }

  private static void require(
      String model, TensorMetadata found, Set<String> types, long[] expected) {
    if (!types.contains(found.getDatatype()) || !fits(found.getShapeList(), expected)) {
      throw new StartupException(
          "%s as %s %s; the server says %s"
              .formatted(
                  model,
                  types.stream().sorted().collect(Collectors.joining(" or ")),
                  text(expected),
                  text(found)));
    }
  }

  /** A dimension of −1 is any. Some servers leave out the batch, or say nothing. */
  private static boolean fits(List<Long> found, long[] expected) {
    int without = expected.length - found.size();
    if (found.isEmpty()) {
      return true;
    }
    if (without < 0 || without > 1) {
      return false;
    }
    for (int i = 0; i < found.size(); i++) {
      boolean isBatch = without == 0 && i == 0;
      long wanted = expected[i + without];
      if (found.get(i) != -1 && (isBatch || found.get(i) != wanted)) {
        return false;
      }
    }
    return true;
  }

  private static String list(List<TensorMetadata> offered) {
    return offered.stream().map(RemoteTensors::text).collect(Collectors.joining(", "));
  }

  private static String text(TensorMetadata tensor) {
    return "%s %s %s".formatted(tensor.getName(), tensor.getDatatype(), tensor.getShapeList());
  }

  private static String text(long[] shape) {
    return java.util.Arrays.toString(shape);
  }
}
