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
 * @param debian the package of Debian's that brings them
 */
public record PythonInterpreter(List<String> modules, String debian) {
  public static PythonInterpreter withOpenCv() {
    return new PythonInterpreter(List.of("cv2", "numpy"), "python3-opencv");
  }

  public static PythonInterpreter withTorch() {
    return new PythonInterpreter(List.of("torch", "numpy"), "python3-torch");
  }

  /**
   * The interpreter to use.
   *
   * @param given what the user asks for, or empty to look around
   * @throws StartupException if none has the modules
   */
  public String find(Optional<String> given) {
    List<String> candidates = given.map(List::of).orElseGet(PythonInterpreter::everyOnPath);
    return candidates.stream()
        .filter(this::isFit)
        .findFirst()
        .orElseThrow(
            () ->
                new StartupException(
                    "no Python with %s: tried %s; install Debian's %s, or name another with --python"
                        .formatted(
                            String.join(" and ", modules),
                            candidates.isEmpty()
                                ? "python3, which is not on the PATH"
                                : String.join(", ", candidates),
                            debian)));
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
