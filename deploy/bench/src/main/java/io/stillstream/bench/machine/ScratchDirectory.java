package io.stillstream.bench.machine;

import io.stillstream.runtime.config.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The directory that a benchmark works in, and takes with it. */
public final class ScratchDirectory {
  private ScratchDirectory() {}

  public static Path create() throws IOException {
    return Files.createTempDirectory("stillstream-bench-");
  }

  public static void delete(Path directory) {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path file : all.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new StartupException(directory + " cannot be removed: " + e.getMessage(), e);
    }
  }
}
