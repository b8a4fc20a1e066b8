package io.stillstream.bench.python;

import io.stillstream.runtime.config.StartupException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds a Python that can be the peer.
 *
 * @param modules what it must be able to import
 * @param source what brings them
 */
public record PythonInterpreter(List<String> modules, String source) {
  public static PythonInterpreter withOpenCv() {
    return new PythonInterpreter(List.of("cv2", "numpy"), "Debian's python3-opencv");
  }

  public static PythonInterpreter withTorch() {
    return new PythonInterpreter(List.of("torch", "numpy"), "Debian's python3-torch");
  }

  public static PythonInterpreter withOnnxRuntime() {
    return new PythonInterpreter(List.of("onnxruntime", "numpy"), "onnxruntime from PyPI");
  }

  /** The first that has the modules, if there is one; else as {@link #find}. */
  public Optional<String> lookFor(Optional<String> given) {
    return candidates(given).stream().filter(this::isFit).findFirst();
  }

  /**
   * The interpreter to use.
   *
   * @param given what the user asks for, or empty to look around
   * @throws StartupException if none has the modules
   */
  public String find(Optional<String> given) {
    List<String> candidates = candidates(given);
    return lookFor(given)
        .orElseThrow(
            () ->
                new StartupException(
                    "no Python with %s: tried %s; install %s, or name another with --python"
                        .formatted(
                            String.join(" and ", modules),
                            candidates.isEmpty()
                                ? "python3, which is not on the PATH"
                                : String.join(", ", candidates),
                            source)));
  }

  private static List<String> candidates(Optional<String> given) {
    return given.map(List::of).orElseGet(PythonInterpreter::everyOnPath);
  }

  /** The first on the PATH may be a shim without packages; Debian's, further on, has its own. */
  private static List<String> everyOnPath() {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
        .filter(directory -> !directory.isEmpty())
        .map(directory -> Path.of(directory, "python3"))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .toList();
  }

  private boolean isFit(String python) {
    try {
      Process process =
          new ProcessBuilder(python, "-c", "import " + String.join(", ", modules))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      process.getOutputStream().close();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
