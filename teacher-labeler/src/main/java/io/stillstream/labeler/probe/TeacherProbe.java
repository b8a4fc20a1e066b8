package io.stillstream.labeler.probe;

import io.stillstream.labeler.model.ExpectedOutput;
import io.stillstream.labeler.model.InferenceException;
import io.stillstream.labeler.model.Pixels;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.result.ViewResult;
import io.stillstream.labeler.result.ViewResult.Reason;
import io.stillstream.labeler.result.ViewResult.Rejected;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.model.ModelSpec.InputType;
import io.stillstream.runtime.model.ModelSpec.Layout;
import java.util.Arrays;
import java.util.Collections;

/**
 * First batches of grey views, which show whether a model does what its description says, and make
 * it ready for real ones.
 */
public final class TeacherProbe {
  private static final int VIEWS = 2;

  private TeacherProbe() {}

  /**
   * Runs the probe.
   *
   * @param subject what messages start with: the model's file, or where it is on a server
   * @throws StartupException if the output has another shape or type than described, or numbers
   *     that no record can hold; the message says what was expected and what was found. An
   *     embedding of grey views may be zero: others need not be
   */
  public static void check(TeacherModel model, ModelSpec spec, Object subject) {
    check(model, spec, subject, VIEWS);
  }

  /**
   * Runs the probe with so many views.
   *
   * @throws StartupException as the other one
   */
  public static void check(TeacherModel model, ModelSpec spec, Object subject, int views) {
    float[][] answers;
    try {
      answers = model.answers(Collections.nCopies(views, model.knownGood()));
    } catch (InferenceException e) {
      throw new StartupException(
          "%s: fails on a probe of %s: %s".formatted(subject, input(spec, views), e.getMessage()),
          e);
    }
    for (float[] answer : answers) {
      if (ViewResult.of(answer, model.output()) instanceof Rejected rejected
          && rejected.reason() != Reason.ZERO_EMBEDDING) {
        throw new StartupException(
            "%s: must answer grey views with finite numbers, but %s"
                .formatted(subject, rejected.message()));
      }
    }
  }

  /** Runs grey batches of these sizes, so that memory and kernels are ready for real ones. */
  public static void warmUp(TeacherModel model, int... sizes) {
    Pixels grey = model.knownGood();
    for (int size : sizes) {
      float[][] unused = model.answers(Collections.nCopies(size, grey));
    }
  }

  /** A grey view of the model's size. */
  public static Pixels greyView(ModelSpec spec) {
    byte[] view = new byte[spec.height() * spec.width() * spec.channels()];
    Arrays.fill(view, (byte) 128);
    return new Pixels(spec.height(), spec.width(), spec.channels(), view);
  }

  /** What goes in, as messages write it. */
  public static String input(ModelSpec spec, int views) {
    String dimensions =
        spec.layout() == Layout.NCHW
            ? ExpectedOutput.text(views, spec.channels(), spec.height(), spec.width())
            : ExpectedOutput.text(views, spec.height(), spec.width(), spec.channels());
    String type = spec.inputType() == InputType.FLOAT ? "float32" : "uint8";
    return "%s %s (%s)".formatted(dimensions, type, spec.layout());
  }
}
