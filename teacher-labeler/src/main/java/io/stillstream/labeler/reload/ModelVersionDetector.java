package io.stillstream.labeler.reload;

import io.stillstream.labeler.model.ModelVersion;
import io.stillstream.labeler.model.TeacherSource;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Detects a newer model: the newest complete one, once its files are unchanged at two polls in a
 * row, or at once if its source is atomic. A model that was not usable is skipped until it changes.
 * Belongs to one thread.
 *
 * <p>Only a change of the newest model counts. So a model that was requested by name stays until a
 * newer one comes, and removing the newest directory brings back the one before.
 */
final class ModelVersionDetector {
  private final TeacherSource source;
  private final Set<ModelVersion> unusable = new HashSet<>();
  private Optional<ModelVersion> lastSeen;
  private Optional<ModelVersion> lastLoaded;

  /**
   * @param active the model that has been loaded
   */
  ModelVersionDetector(TeacherSource source, ModelVersion active) {
    this.source = source;
    this.lastSeen = Optional.of(active);
    this.lastLoaded = Optional.of(active);
  }

  /** The model to load now, if there is one. */
  Optional<ModelVersion> poll() {
    if (source.hasChanged()) {
      // What was not usable is perhaps all that is left.
      unusable.clear();
    }
    Optional<ModelVersion> newest = newest();
    boolean unchanged = source.isAtomic() || newest.equals(lastSeen);
    lastSeen = newest;
    return unchanged && !newest.equals(lastLoaded) ? newest : Optional.empty();
  }

  /** The newest model that may be usable, even if its files are still being written. */
  Optional<ModelVersion> newest() {
    Set<ModelVersion> skipped = new HashSet<>();
    Optional<ModelVersion> newest =
        source
            .newestFirst()
            .filter(
                files -> {
                  boolean bad = unusable.contains(files);
                  if (bad) {
                    skipped.add(files);
                  }
                  return !bad;
                })
            .findFirst();
    // Models that are gone or have changed need not be remembered.
    unusable.retainAll(skipped);
    return newest;
  }

  /** The model has been loaded. */
  void markLoaded(ModelVersion files) {
    lastLoaded = Optional.of(files);
  }

  /** The model is not usable unless its files change. */
  void markUnusable(ModelVersion files) {
    unusable.add(files);
  }
}
