package io.stillstream.trainer.onnx;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.trainer.release.OnnxExporter;
import io.stillstream.trainer.release.OnnxMismatchException;
import io.stillstream.trainer.release.OnnxModel;
import io.stillstream.trainer.torch.InferenceStudent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a student's weights into the template beside its TorchScript file, and compares both. To be
 * used by the thread that made it.
 */
public final class TemplateOnnxExporter implements OnnxExporter {
  private static final Logger LOG = LoggerFactory.getLogger(TemplateOnnxExporter.class);

  /** Absolute up to answers of 1, and relative beyond, as rounding errors grow with the answers. */
  private static final float TOLERANCE = 1e-4f;

  private static final long PERTURBATION_SEED = 1;

  private final OnnxTemplate template;
  private final ProbeBatch probe;
  private final int threads;

  private TemplateOnnxExporter(OnnxTemplate template, ModelSpec model, int threads) {
    this.template = template;
    this.probe = new ProbeBatch(model);
    this.threads = threads;
  }

  /**
   * Reads the template of a student and checks it: names, types and shapes, and that with the
   * student's weights, each of them changed, it answers as the student does. So weights that are
   * fused, merged or left out are noticed although they are still what they were at the export.
   *
   * @param threads that one operator may use
   * @return empty if there is no template
   * @throws StartupException if it does not fit the student, with all that is wrong
   */
  public static Optional<OnnxExporter> open(ModelSpec model, int threads) {
    Path file = template(model.file());
    if (!Files.exists(file)) {
      LOG.atInfo()
          .addKeyValue("student", model.name())
          .addKeyValue("template", file)
          .log(
              "Releases carry student.pt only; for student.onnx, make a template with"
                  + " deploy/models/make.py onnx DIR");
      return Optional.empty();
    }
    return Optional.of(load(file, model, threads));
  }

  /** {@code model.onnx} beside {@code model.pt}. */
  private static Path template(Path student) {
    String name = student.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return student.resolveSibling((dot < 0 ? name : name.substring(0, dot)) + ".onnx");
  }

  private static TemplateOnnxExporter load(Path file, ModelSpec model, int threads) {
    OnnxTemplate template;
    byte[] student;
    try {
      student = Files.readAllBytes(model.file());
      template = OnnxTemplate.parse(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new StartupException("student: cannot read " + file + ": " + e, e);
    } catch (IllegalArgumentException e) {
      throw refused(file, model, List.of(e.getMessage()), e);
    }
    try (InferenceStudent torch = InferenceStudent.load(student, threads)) {
      List<String> problems = TemplateCheck.problems(template, model, torch.tensors());
      if (!problems.isEmpty()) {
        throw refused(file, model, problems, null);
      }
      torch.perturb(PERTURBATION_SEED);
      TemplateOnnxExporter exporter = new TemplateOnnxExporter(template, model, threads);
      OnnxModel unused = exporter.compared(torch);
      return exporter;
    } catch (OnnxMismatchException e) {
      throw refused(file, model, List.of("with random weights, " + e.getMessage()), e);
    } catch (StartupException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new StartupException(
          "student: " + model.file() + " cannot be trained: " + e.getMessage(), e);
    }
  }

  private static StartupException refused(
      Path file, ModelSpec model, List<String> problems, Exception cause) {
    return new StartupException(
        "student: %s does not fit %s:\n  %s"
            .formatted(file, model.file(), String.join("\n  ", problems)),
        cause);
  }

  @Override
  public OnnxModel export(byte[] student) throws OnnxMismatchException {
    try (InferenceStudent torch = InferenceStudent.load(student, threads)) {
      return compared(torch);
    } catch (RuntimeException | OutOfMemoryError e) {
      throw new OnnxMismatchException("the student cannot be exported: " + e.getMessage(), e);
    }
  }

  private OnnxModel compared(InferenceStudent torch) throws OnnxMismatchException {
    byte[] file = template.with(torch.tensors());
    float[] expected = torch.predict(probe.batch());
    float[] actual;
    try {
      actual = OnnxInference.run(file, probe, threads);
    } catch (IllegalArgumentException e) {
      throw new OnnxMismatchException(e.getMessage(), e);
    }
    requireEqual(expected, actual);
    return new OnnxModel(file, template.opset());
  }

  private static void requireEqual(float[] expected, float[] actual) throws OnnxMismatchException {
    if (expected.length != actual.length) {
      throw new OnnxMismatchException(
          "it gives %d numbers, the student %d".formatted(actual.length, expected.length));
    }
    int worst = 0;
    float difference = 0;
    for (int i = 0; i < expected.length; i++) {
      float at = Math.abs(actual[i] - expected[i]) / Math.max(1, Math.abs(expected[i]));
      // A number that is not finite is worse than all others.
      if (!(at <= difference)) {
        worst = i;
        difference = at;
        if (!Float.isFinite(at)) {
          break;
        }
      }
    }
    if (!(difference <= TOLERANCE)) {
      int each = expected.length / ProbeBatch.SIZE;
      throw new OnnxMismatchException(
          ("number %d of its answer for probe view %d is %s by ONNX Runtime and %s by PyTorch; they"
                  + " may differ by %s, relative to answers beyond 1")
              .formatted(worst % each, worst / each, actual[worst], expected[worst], TOLERANCE));
    }
  }
}
