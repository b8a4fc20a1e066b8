package io.stillstream.labeler.torch;

import ai.djl.ndarray.types.Shape;
import io.stillstream.labeler.model.InferenceException;
import io.stillstream.labeler.result.ViewResult;
import io.stillstream.labeler.result.ViewResult.Rejected;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.model.ModelSpec.InputType;
import io.stillstream.runtime.model.ModelSpec.Layout;
import java.util.Collections;

/** A first batch of grey views, which shows whether a module does what its description says. */
final class TorchProbe {
  private static final int VIEWS = 2;

  private TorchProbe() {}

  /**
   * Runs the probe.
   *
   * @throws StartupException if the output has another shape or type than described, or numbers
   *     that no record can hold; the message starts with the file and says what was expected and
   *     what was found
   */
  static void check(TorchScriptModel model) {
    ModelSpec spec = model.spec();
    float[][] answers;
    try {
      answers = model.answers(Collections.nCopies(VIEWS, model.knownGood()));
    } catch (InferenceException e) {
      throw new StartupException(
          "%s: fails on a probe of %s: %s".formatted(spec.file(), shape(spec), e.getMessage()), e);
    }
    for (float[] answer : answers) {
      if (ViewResult.of(answer, model.output()) instanceof Rejected rejected) {
        throw new StartupException(
            "%s: must answer grey views with finite numbers, but %s"
                .formatted(spec.file(), rejected.message()));
      }
    }
  }

  private static String shape(ModelSpec spec) {
    Shape shape =
        spec.layout() == Layout.NCHW
            ? new Shape(VIEWS, spec.channels(), spec.height(), spec.width())
            : new Shape(VIEWS, spec.height(), spec.width(), spec.channels());
    String type = spec.inputType() == InputType.FLOAT ? "float32" : "uint8";
    return "%s %s (%s)".formatted(shape, type, spec.layout());
  }
}
