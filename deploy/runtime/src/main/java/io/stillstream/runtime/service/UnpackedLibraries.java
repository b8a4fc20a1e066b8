package io.stillstream.runtime.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Shared libraries that a Java library has unpacked for this process, into a directory of its own
 * in {@code java.io.tmpdir}. It would delete them when the process ends, which a process that is
 * killed does not: they would pile up.
 */
public final class UnpackedLibraries {
  private static final Path MAPPED_FILES = Path.of("/proc/self/maps");

  private UnpackedLibraries() {}

  /**
   * Deletes those that have been loaded, and their directories; what is loaded stays usable. For
   * Linux: elsewhere it does nothing, as where there is nothing left to delete.
   *
   * @param prefix of the directories' names; a number follows
   */
  public static void unlink(String prefix) {
    if (!Files.isReadable(MAPPED_FILES)) {
      return;
    }
    try {
      Path temporary = Path.of(System.getProperty("java.io.tmpdir")).toRealPath();
      Set<Path> libraries = mapped(temporary, prefix);
      for (Path library : libraries) {
        Files.deleteIfExists(library);
      }
      for (Path library : libraries) {
        Files.deleteIfExists(library.getParent());
      }
    } catch (IOException e) {
      // What is left is deleted when the process ends in order.
    }
  }

  private static Set<Path> mapped(Path temporary, String prefix) throws IOException {
    try (Stream<String> lines = Files.lines(MAPPED_FILES)) {
      return lines
          .filter(line -> line.indexOf('/') >= 0)
          .map(line -> Path.of(line.substring(line.indexOf('/'))))
          .filter(file -> isUnpacked(file, temporary, prefix) && Files.isRegularFile(file))
          .collect(Collectors.toSet());
    }
  }

  private static boolean isUnpacked(Path file, Path temporary, String prefix) {
    Path directory = file.getParent();
    return directory != null
        && temporary.equals(directory.getParent())
        && directory.getFileName().toString().matches(prefix + "\\d+");
  }
}
