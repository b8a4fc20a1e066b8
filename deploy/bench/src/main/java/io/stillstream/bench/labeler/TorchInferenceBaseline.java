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
 * The Python process that calls the same module with PyTorch; {@code torch_inference_baseline.py}.
 */
final class TorchInferenceBaseline implements AutoCloseable {
  private final PythonProcess process;

  private TorchInferenceBaseline(PythonProcess process) {
    this.process = process;
  }

  /**
   * Starts it and has it load the teacher.
   *
   * @param python the interpreter; it must have torch and numpy
   * @param directory for its program and the images
   * @throws StartupException if it does not come up, or cannot load the module
   */
  static TorchInferenceBaseline start(String python, Path directory, InferenceSetup setup) {
    TorchInferenceBaseline torch =
        new TorchInferenceBaseline(
            PythonProcess.start(python, "torch_inference_baseline.py", directory, Map.of()));
    try {
      torch.load(setup, PythonProcess.write(directory.resolve("images.raw"), setup.images()));
      return torch;
    } catch (RuntimeException e) {
      torch.close();
      throw e;
    }
  }

  /** Versions of Python, PyTorch and numpy by name. */
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
