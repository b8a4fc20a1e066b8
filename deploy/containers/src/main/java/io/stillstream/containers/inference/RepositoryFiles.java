package io.stillstream.containers.inference;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;

/**
 * Writes files that a server may read at the same time: it finds the former bytes or the new ones,
 * never a part. Directories are made.
 */
final class RepositoryFiles {
  private RepositoryFiles() {}

  /** Writes a resource of this package. */
  static void copy(String resource, Path file) throws IOException {
    try (InputStream in = RepositoryFiles.class.getResourceAsStream(resource)) {
      write(file, Objects.requireNonNull(in, resource).readAllBytes());
    }
  }

  static void write(Path file, String text) throws IOException {
    write(file, text.getBytes(UTF_8));
  }

  static void write(Path file, byte[] bytes) throws IOException {
    Files.createDirectories(file.getParent());
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Files.write(part, bytes);
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
