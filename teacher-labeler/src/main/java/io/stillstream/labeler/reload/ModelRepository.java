package io.stillstream.labeler.reload;

import io.stillstream.labeler.model.ModelVersion;
import io.stillstream.labeler.model.TeacherSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The path of a teacher: a model's file, a model's directory, or a directory of such directories,
 * one for each version.
 */
public final class ModelRepository implements TeacherSource {
  private static final Comparator<Path> OLDEST_FIRST =
      Comparator.comparing(path -> path.getFileName().toString(), new NaturalSortComparator());

  private final Path path;

  public ModelRepository(Path path) {
    this.path = path;
  }

  Path path() {
    return path;
  }

  @Override
  public String location() {
    return path.toString();
  }

  /**
   * The complete models, newest first: versions in descending natural order of their directories'
   * names. Directories whose names begin with a dot do not count.
   *
   * @throws UncheckedIOException if the directory cannot be read
   */
  @Override
  public Stream<ModelVersion> newestFirst() {
    if (!Files.isDirectory(path) || ModelFiles.isModel(path)) {
      return ModelFiles.at(path).<ModelVersion>map(files -> files).stream();
    }
    try (Stream<Path> entries = Files.list(path)) {
      List<Path> versions =
          entries
              .filter(entry -> !entry.getFileName().toString().startsWith("."))
              .filter(Files::isDirectory)
              .sorted(OLDEST_FIRST.reversed())
              .toList();
      // Lazily: the caller may need the first ones only.
      return versions.stream().flatMap(version -> ModelFiles.at(version).stream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The path may be relative to this one. */
  @Override
  public Optional<ModelVersion> find(Path wanted) {
    Path root = path.toAbsolutePath().normalize();
    Path resolved = root.resolve(wanted).normalize();
    if (!resolved.startsWith(root)) {
      throw new IllegalArgumentException("path must lie below the configured one, was " + wanted);
    }
    return Files.exists(resolved) ? ModelFiles.at(resolved).map(files -> files) : Optional.empty();
  }
}
