package io.stillstream.labeler.reload;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a teacher's models are: a model's file, a model's directory, or a directory of such
 * directories, one for each version.
 */
final class ModelRepository {
  private static final Comparator<Path> OLDEST_FIRST =
      Comparator.comparing(path -> path.getFileName().toString(), new NaturalSortComparator());

  private final Path path;

  ModelRepository(Path path) {
    this.path = path;
  }

  Path path() {
    return path;
  }

  /**
   * The models that are complete, the one to prefer first: versions in falling natural order of
   * their directories' names. Hidden directories, whose names begin with a dot, do not count.
   *
   * @throws UncheckedIOException if the disk does not answer
   */
  Stream<ModelFiles> newestFirst() {
    if (!Files.isDirectory(path) || ModelFiles.isModel(path)) {
      return ModelFiles.at(path).stream();
    }
    try (Stream<Path> entries = Files.list(path)) {
      List<Path> versions =
          entries
              .filter(entry -> !entry.getFileName().toString().startsWith("."))
              .filter(Files::isDirectory)
              .sorted(OLDEST_FIRST.reversed())
              .toList();
      // One after the other, as far as whoever asks wants to know.
      return versions.stream().flatMap(version -> ModelFiles.at(version).stream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The place that a relative path means; empty if it leads out of this root. */
  Optional<Path> resolve(Path wanted) {
    Path root = path.toAbsolutePath().normalize();
    Path place = root.resolve(wanted).normalize();
    return place.startsWith(root) ? Optional.of(place) : Optional.empty();
  }
}
