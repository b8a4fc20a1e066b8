package io.stillstream.bench.labeler;

import io.stillstream.bench.python.PythonInterpreter;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The loops that rows of the teacher's benchmark compare, open. */
final class TeacherParticipants implements AutoCloseable {
  /** Between the logits of two formats of one teacher. */
  private static final float TOLERANCE = 1e-4f;

  private final InferenceSetup setup;
  private final DjlInferenceLoop djl;
  private Optional<PythonInferenceBaseline> torch = Optional.empty();
  private Optional<OrtInferenceLoop> onnx = Optional.empty();
  private Optional<InferenceSetup> onnxSetup = Optional.empty();
  private Optional<PythonInferenceBaseline> pythonOnnx = Optional.empty();

  private TeacherParticipants(InferenceSetup setup) {
    this.setup = setup;
    this.djl = new DjlInferenceLoop(setup);
  }

  /**
   * What rows can be compared with.
   *
   * @param python whether there may be loops in Python
   * @param interpreter the one for all of them; one is looked for when absent
   * @param onnx the same teacher as ONNX
   */
  record Peers(boolean python, Optional<String> interpreter, Optional<ModelSpec> onnx) {}

  /**
   * Opens what rows need, as far as it may be.
   *
   * @param directory for files of Python's
   * @throws StartupException if something cannot be loaded, if there is no Python with PyTorch, or
   *     if the teacher as ONNX does not answer as the TorchScript module does
   */
  static TeacherParticipants open(
      InferenceSetup setup, List<TeacherBenchmark> rows, Peers peers, Path directory) {
    TeacherParticipants opened = new TeacherParticipants(setup);
    try {
      if (peers.python() && rows.stream().anyMatch(TeacherBenchmark::needsTorch)) {
        String python = PythonInterpreter.withTorch().find(peers.interpreter());
        opened.torch = Optional.of(PythonInferenceBaseline.start(python, directory, setup));
      }
      if (peers.onnx().isPresent() && rows.stream().anyMatch(TeacherBenchmark::needsOnnx)) {
        InferenceSetup onnx = setup.of(peers.onnx().get());
        opened.addOnnx(onnx);
        if (peers.python() && rows.stream().anyMatch(TeacherBenchmark::needsPythonOnnx)) {
          opened.pythonOnnx =
              PythonInterpreter.withOnnxRuntime()
                  .lookFor(peers.interpreter())
                  .map(python -> PythonInferenceBaseline.start(python, directory, onnx));
        }
      }
      return opened;
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /** The directory of the same teacher as ONNX beside a model directory, or file, if it is there. */
  static Optional<Path> onnxBeside(Path model) {
    Path file = model.toAbsolutePath().normalize();
    Path directory = Files.isRegularFile(file) ? file.getParent() : file;
    return Optional.of(directory.resolveSibling(directory.getFileName() + "-onnx"))
        .filter(Files::isDirectory);
  }

  private void addOnnx(InferenceSetup other) {
    onnxSetup = Optional.of(other);
    onnx = Optional.of(OrtInferenceLoop.open(other));
    float difference = difference();
    if (!(difference <= TOLERANCE)) {
      throw new StartupException(
          "--onnx: %s: logits differ by %.1e from those of %s; at most %.1e is allowed"
              .formatted(other.teacher().file(), difference, setup.teacher().file(), TOLERANCE));
    }
  }

  InferenceSetup setup() {
    return setup;
  }

  DjlInferenceLoop djl() {
    return djl;
  }

  Optional<PythonInferenceBaseline> torch() {
    return torch;
  }

  Optional<OrtInferenceLoop> onnx() {
    return onnx;
  }

  /** Of the same images, with the teacher as ONNX. */
  Optional<InferenceSetup> onnxSetup() {
    return onnxSetup;
  }

  Optional<PythonInferenceBaseline> pythonOnnx() {
    return pythonOnnx;
  }

  /** What they are, by name, for a report. */
  Map<String, Object> facts() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("libtorch", DjlInferenceLoop.libtorch());
    onnx.ifPresent(
        loop -> {
          facts.put("onnxruntime", loop.version());
          facts.put(
              "onnx logits",
              "within %.1e of TorchScript's, %d images".formatted(difference(), setup.batch()));
        });
    pythonOnnx.ifPresent(
        peer -> facts.put("onnxruntime in Python", peer.versions().path("onnxruntime").asText()));
    return facts;
  }

  /** The largest one of a logit of the first batch, between both formats. */
  private float difference() {
    float[] expected = djl.logits(0);
    float[] actual = onnx.orElseThrow().logits(0);
    float largest = expected.length == actual.length ? 0 : Float.POSITIVE_INFINITY;
    for (int i = 0; i < Math.min(expected.length, actual.length); i++) {
      float difference = Math.abs(expected[i] - actual[i]);
      // A NaN is no agreement.
      largest = Float.isNaN(difference) ? Float.POSITIVE_INFINITY : Math.max(largest, difference);
    }
    return largest;
  }

  @Override
  public void close() {
    torch.ifPresent(PythonInferenceBaseline::close);
    pythonOnnx.ifPresent(PythonInferenceBaseline::close);
    onnx.ifPresent(OrtInferenceLoop::close);
    djl.close();
  }
}
