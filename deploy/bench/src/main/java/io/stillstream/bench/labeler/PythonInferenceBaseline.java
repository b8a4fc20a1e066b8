package io.stillstream.bench.labeler;

import com.fasterxml.jackson.databind.JsonNode;
import io.stillstream.bench.comparison.Workload;
import io.stillstream.bench.comparison.WorkloadResult;
import io.stillstream.bench.python.PythonProcess;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The Python process that calls the same teacher: with PyTorch ({@code
 * torch_inference_baseline.py}), or as ONNX with ONNX Runtime ({@code onnx_inference_baseline.py}).
 */
final class PythonInferenceBaseline implements AutoCloseable {
  private final PythonProcess process;

  private PythonInferenceBaseline(PythonProcess process) {
    this.process = process;
  }

  /**
   * Starts it and has it load the teacher.
   *
   * @param python the interpreter; it must have numpy, and torch or onnxruntime, as the teacher's
   *     format asks for
   * @param directory for its program and the images
   * @throws StartupException if it does not come up, or cannot load the teacher
   */
  static PythonInferenceBaseline start(String python, Path directory, InferenceSetup setup) {
    String program =
        switch (setup.teacher().format()) {
          case TORCHSCRIPT -> "torch_inference_baseline.py";
          case ONNX -> "onnx_inference_baseline.py";
        };
    PythonInferenceBaseline baseline =
        new PythonInferenceBaseline(PythonProcess.start(python, program, directory, Map.of()));
    try {
      baseline.load(setup, PythonProcess.write(directory.resolve("images.raw"), setup.images()));
      return baseline;
    } catch (RuntimeException e) {
      baseline.close();
      throw e;
    }
  }

  /** Versions of Python and its libraries by name. */
  JsonNode versions() {
    return process.ask(Map.of("do", "versions"));
  }

  /** See {@link DjlInferenceLoop#resident}. */
  Workload resident() {
    return workload("resident");
  }

  /** See {@link DjlInferenceLoop#upload}. */
  Workload upload() {
    return workload("upload");
  }

  /** Logits [N][K] of the first batch. */
  List<List<Double>> logits() {
    return process
        .ask(Map.of("do", "logits"))
        .path("logits")
        .valueStream()
        .map(row -> row.valueStream().map(JsonNode::asDouble).toList())
        .toList();
  }

  private Workload workload(String what) {
    return time -> {
      JsonNode done =
          process.ask(Map.of("do", "run", "what", what, "seconds", time.toNanos() / 1e9));
      return new WorkloadResult(
          done.path("images").asLong(),
          Math.round(done.path("cpu").asDouble() * 1e9),
          Math.round(done.path("wall").asDouble() * 1e9));
    };
  }

  private void load(InferenceSetup setup, Path images) {
    ModelSpec teacher = setup.teacher();
    process.ask(
        Map.ofEntries(
            Map.entry("do", "load"),
            Map.entry("file", teacher.file().toString()),
            Map.entry("device", setup.device()),
            Map.entry("threads", setup.threads()),
            Map.entry("batch", setup.batch()),
            Map.entry("pixels", images.toString()),
            Map.entry("shape", List.of(teacher.height(), teacher.width(), teacher.channels())),
            Map.entry("type", teacher.inputType().name().toLowerCase(Locale.ROOT)),
            Map.entry("mean", teacher.mean()),
            Map.entry("std", teacher.std())));
  }

  @Override
  public void close() {
    process.close();
  }
}
