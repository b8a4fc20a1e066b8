package io.stillstream.bench;

import io.stillstream.runtime.StartupException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Finds a Python that can be the peer.
 *
 * @param modules what it must be able to import
 * @param debian the package of Debian's that brings them
 */
record Python(List<String> modules, String debian) {
  /** The one on the path may be a shim without packages; Debian's has its own. */
  private static final List<String> CANDIDATES = List.of("python3", "/usr/bin/python3");

  static Python withOpenCv() {
    return new Python(List.of("cv2", "numpy"), "python3-opencv");
  }

  static Python withTorch() {
    return new Python(List.of("torch", "numpy"), "python3-torch");
  }

  /**
   * The interpreter to use.
   *
   * @param given what the user asks for, or empty to look around
   * @throws StartupException if none has the modules
   */
  String find(Optional<String> given) {
    List<String> candidates = given.map(List::of).orElse(CANDIDATES);
    return candidates.stream()
        .filter(this::isFit)
        .findFirst()
        .orElseThrow(
            () ->
                new StartupException(
                    "no Python with %s: tried %s; install Debian's %s, or name another with --python"
                        .formatted(
                            String.join(" and ", modules), String.join(", ", candidates), debian)));
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
