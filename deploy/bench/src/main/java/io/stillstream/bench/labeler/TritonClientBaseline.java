package io.stillstream.bench.labeler;

import com.fasterxml.jackson.databind.JsonNode;
import io.stillstream.bench.comparison.Workload;
import io.stillstream.bench.comparison.WorkloadResult;
import io.stillstream.bench.python.PythonProcess;
import io.stillstream.containers.tools.ExternalTool;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The Python process that asks a Triton with Triton's own client, as many requests at a time as the
 * labeler has in flight; {@code triton_client_baseline.py}.
 */
final class TritonClientBaseline implements AutoCloseable {
  private final PythonProcess process;

  private TritonClientBaseline(PythonProcess process) {
    this.process = process;
  }

  /**
   * Starts it, with the Python in which the inference servers are installed.
   *
   * @param directory for its program and the images
   * @throws StartupException if it does not come up
   */
  static TritonClientBaseline start(TritonTestbed triton, Path directory, InferenceSetup setup) {
    Path python = ExternalTool.environment("inference-servers").orElseThrow().resolve("bin/python");
    TritonClientBaseline client =
        new TritonClientBaseline(
            PythonProcess.start(
                python.toString(), "triton_client_baseline.py", directory, Map.of()));
    try {
      client.load(
          triton, setup, PythonProcess.write(directory.resolve("remote.raw"), setup.images()));
      return client;
    } catch (RuntimeException e) {
      client.close();
      throw e;
    }
  }

  /** The same batch again and again, scaled before. */
  Workload resident() {
    return time -> {
      JsonNode done = process.ask(Map.of("do", "run", "seconds", time.toNanos() / 1e9));
      return new WorkloadResult(
          done.path("images").asLong(),
          Math.round(done.path("cpu").asDouble() * 1e9),
          Math.round(done.path("wall").asDouble() * 1e9));
    };
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

  private void load(TritonTestbed triton, InferenceSetup setup, Path images) {
    ModelSpec teacher = setup.teacher();
    process.ask(
        Map.of(
            "do", "load",
            "authority", triton.authority(),
            "model", triton.model(),
            "in-flight", TritonTestbed.IN_FLIGHT,
            "batch", setup.batch(),
            "pixels", images.toString(),
            "shape", List.of(teacher.height(), teacher.width(), teacher.channels()),
            "type", teacher.inputType().name().toLowerCase(Locale.ROOT),
            "mean", teacher.mean(),
            "std", teacher.std()));
  }

  @Override
  public void close() {
    process.close();
  }
}
