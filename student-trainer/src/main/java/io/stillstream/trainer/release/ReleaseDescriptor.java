package io.stillstream.trainer.release;

import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.model.ModelSpec.InputType;
import io.stillstream.schemas.answer.OutputShape;
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
        %sinput:
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
            task(model.output()),
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

  /** What a description of a classifier leaves out. */
  private static String task(OutputShape output) {
    return switch (output.task()) {
      case CLASSIFICATION -> "";
      case SEGMENTATION -> "task: segmentation\noutput: {stride: %d}\n".formatted(output.stride());
      case EMBEDDING -> "task: embedding\noutput: {dimensions: %d}\n".formatted(output.channels());
    };
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
