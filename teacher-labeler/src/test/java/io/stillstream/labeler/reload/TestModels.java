package io.stillstream.labeler.reload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Model directories whose weights are a few letters. */
final class TestModels {
  private TestModels() {}

  /** Puts a version there, in place of what is there; the weights name it. */
  static Path write(Path directory, String version) throws IOException {
    return write(directory, version, "a, b");
  }

  static Path write(Path directory, String version, String classes) throws IOException {
    return put(directory, version, yaml(version, classes));
  }

  /** At once: who looks meanwhile sees the old one, nothing, or the new one. */
  static Path put(Path directory, String version, String description) throws IOException {
    Path aside = directory.resolveSibling("." + directory.getFileName());
    Files.createDirectories(aside);
    Files.writeString(aside.resolve("model.pt"), "weights of " + version);
    Files.writeString(aside.resolve("teacher.yaml"), description);
    for (String file : new String[] {"model.pt", "teacher.yaml"}) {
      Files.deleteIfExists(directory.resolve(file));
    }
    Files.deleteIfExists(directory);
    return Files.move(aside, directory, StandardCopyOption.ATOMIC_MOVE);
  }

  /** The same for the description of a version alone. */
  static void describe(Path directory, String description) throws IOException {
    Path aside = directory.resolve(".teacher.yaml");
    Files.writeString(aside, description);
    var unused =
        Files.move(
            aside,
            directory.resolve("teacher.yaml"),
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
  }

  static String yaml(String version, String classes) {
    return """
        name: net
        version: "%s"
        input: {height: 4, width: 4, channels: 1}
        classes: [%s]
        """
        .formatted(version, classes);
  }
}
