package io.stillstream.student.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stillstream.student.checkpoint.Disk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/** The identity of a directory, which the store knows its owner by. */
final class OwnerFile {
  private static final String NAME = "store-owner";

  private OwnerFile() {}

  /** Reads it, or gives the directory one. */
  static String of(Path directory, Disk disk, Supplier<String> names) throws IOException {
    Path file = directory.resolve(NAME);
    if (Files.exists(file)) {
      return Files.readString(file).strip();
    }
    String name = names.get();
    disk.replace(file, name.getBytes(UTF_8));
    return name;
  }
}
