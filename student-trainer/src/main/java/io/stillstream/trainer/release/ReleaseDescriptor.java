package io.stillstream.trainer.release;

import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.model.ModelSpec.InputType;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The {@code student.yaml} of a release: the release is a model directory like any other. */
final class ReleaseDescriptor {
  private ReleaseDescriptor() {}

  static String of(ModelSpec model, long version, String file) {
    boolean isFloat = model.inputType() == InputType.FLOAT;
    return """
        name: %s
        version: "%d"
        file: %s
        input:
          height: %d
          width: %d
          channels: %d
          type: %s
        %sclasses: [%s]
        """
        .formatted(
            quoted(model.name()),
            version,
            file,
            model.height(),
            model.width(),
            model.channels(),
            isFloat ? "float" : "uint8",
            isFloat
                ? "  mean: %s\n  std: %s\n"
                    .formatted(Arrays.toString(model.mean()), Arrays.toString(model.std()))
                : "",
            model.classes().stream()
                .map(ReleaseDescriptor::quoted)
                .collect(Collectors.joining(", ")));
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
