package io.stillstream.local.ingest;

import io.stillstream.local.label.ClassNames;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Labels of sources in tests. */
final class SourceLabels {
  static final ClassNames NO_NAMES = new ClassNames(List.of());

  /** What is there, with the names that it has. */
  static final IngestSource.Labels FOUND = new IngestSource.Labels(Optional.empty(), NO_NAMES);

  private SourceLabels() {}

  static IngestSource.Labels in(Path file, String... classes) {
    return new IngestSource.Labels(Optional.of(file), new ClassNames(List.of(classes)));
  }

  static IngestSource.Labels named(String... classes) {
    return new IngestSource.Labels(Optional.empty(), new ClassNames(List.of(classes)));
  }
}
