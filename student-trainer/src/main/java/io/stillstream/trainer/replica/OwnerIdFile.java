package io.stillstream.trainer.replica;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stillstream.trainer.files.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/** The identity of a directory, which the store knows its owner by. */
public final class OwnerIdFile {
  private static final String NAME = "store-owner";

  private OwnerIdFile() {}

  /** Reads it, or gives the directory one. */
  public static String of(Path directory, DurableFiles disk, Supplier<String> names)
      throws IOException {
    Path file = directory.resolve(NAME);
    if (Files.exists(file)) {
      return Files.readString(file).strip();
    }
    String name = names.get();
    disk.replace(file, name.getBytes(UTF_8));
    return name;
  }
}
