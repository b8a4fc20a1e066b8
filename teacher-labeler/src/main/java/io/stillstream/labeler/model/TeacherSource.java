package io.stillstream.labeler.model;

import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a configured teacher comes from, with all its versions: files, or a server. Safe for
 * several threads.
 */
public interface TeacherSource extends AutoCloseable {
  /** The configured place: a path or a URL. */
  String location();

  /**
   * The versions that may be usable, newest first; none if there is none now.
   *
   * @throws java.io.UncheckedIOException if they cannot be listed
   * @throws TeacherUnavailableException if the server that has them is away
   */
  Stream<ModelVersion> newestFirst();

  /**
   * A version by its path.
   *
   * @return empty if it is not complete
   * @throws IllegalArgumentException if the path leads out of this source; the message is for the
   *     one who asks
   */
  Optional<ModelVersion> find(Path path);

  /** Whether a version appears as a whole. Files may still be being written. */
  default boolean isAtomic() {
    return false;
  }

  /** Whether an answer has shown, since the versions were last listed, that they have changed. */
  default boolean hasChanged() {
    return false;
  }

  /** Why it does not answer, in one line; empty if it does. */
  default Optional<String> problem() {
    return Optional.empty();
  }

  @Override
  default void close() {}
}
