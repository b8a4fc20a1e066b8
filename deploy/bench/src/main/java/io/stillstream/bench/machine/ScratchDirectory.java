package io.stillstream.bench.machine;

import io.stillstream.runtime.config.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** The directory that a benchmark works in; it is deleted with all that is in it when closed. */
public record ScratchDirectory(Path path) implements AutoCloseable {

  public static ScratchDirectory create() throws IOException {
    return new ScratchDirectory(Files.createTempDirectory("stillstream-bench-"));
  }

  @Override
  public void close() {
    try (Stream<Path> all = Files.walk(path)) {
      for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new StartupException(path + " cannot be removed: " + e.getMessage(), e);
    }
  }
}
