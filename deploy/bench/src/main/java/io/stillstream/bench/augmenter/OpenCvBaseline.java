package io.stillstream.bench.augmenter;

import com.fasterxml.jackson.databind.JsonNode;
import io.stillstream.bench.comparison.Workload;
import io.stillstream.bench.comparison.WorkloadResult;
import io.stillstream.bench.python.PythonProcess;
import io.stillstream.runtime.config.StartupException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The Python process that makes the same views with numpy and OpenCV; {@code opencv_baseline.py}
 * says how they talk. It runs as long as the benchmark, so that no turn includes its start.
 */
final class OpenCvBaseline implements AutoCloseable {
  /**
   * What glibc's malloc is told: keep what is freed. By default it hands large buffers back to the
   * system, and each decoded photograph pays for its pages anew; the augmenter keeps its buffers.
   */
  private static final Map<String, String> KEEP_FREED_MEMORY =
      Map.of(
          "MALLOC_MMAP_THRESHOLD_", Integer.toString(256 << 20),
          "MALLOC_TRIM_THRESHOLD_", Integer.toString(1 << 30),
          "MALLOC_TOP_PAD_", Integer.toString(64 << 20));

  private final PythonProcess process;

  private OpenCvBaseline(PythonProcess process) {
    this.process = process;
  }

  /**
   * Starts it.
   *
   * @param python the interpreter; it must have numpy and cv2
   * @param directory where its program is written
   * @throws StartupException if it does not come up
   */
  static OpenCvBaseline start(String python, Path directory) {
    return new OpenCvBaseline(
        PythonProcess.start(python, "opencv_baseline.py", directory, KEEP_FREED_MEMORY));
  }

  /** Versions of Python, OpenCV and numpy by name. */
  JsonNode versions() {
    return process.ask(Map.of("do", "versions"));
  }

  /** Has it read the files of a set, which it keeps in memory. */
  void load(String set, List<Path> files) {
    process.ask(
        Map.of("do", "load", "set", set, "files", files.stream().map(Path::toString).toList()));
  }

  /** A row of it. */
  Workload workload(String row, String set) {
    return time -> {
      long begin = System.nanoTime();
      JsonNode done =
          process.ask(Map.of("do", "run", "row", row, "set", set, "seconds", time.toNanos() / 1e9));
      return new WorkloadResult(
          done.path("images").asLong(),
          Math.round(done.path("cpu").asDouble() * 1e9),
          System.nanoTime() - begin);
    };
  }

  /**
   * The views that it makes of a file.
   *
   * @param recipes of all views in order: for each the steps, a step being {name, values}
   * @return their pixels, shape [height, width, channels]
   */
  List<byte[]> views(String row, Path file, Object recipes) {
    JsonNode answer =
        process.ask(Map.of("do", "views", "row", row, "file", file.toString(), "recipes", recipes));
    return answer.path("views").valueStream().map(OpenCvBaseline::bytes).toList();
  }

  private static byte[] bytes(JsonNode base64) {
    try {
      return base64.binaryValue();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.close();
  }
}
