package io.stillstream.labeler.reload;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Detects a newer model: the newest complete one, once its files are unchanged at two polls in a
 * row. A model that was not usable is skipped until its files change. Belongs to one thread.
 *
 * <p>Only a change of the newest model counts. So a model that was requested by name stays until a
 * newer one comes, and removing the newest directory brings back the one before.
 */
final class ModelVersionDetector {
  private final ModelRepository root;
  private final Set<ModelFiles> unusable = new HashSet<>();
  private Optional<ModelFiles> lastSeen;
  private Optional<ModelFiles> lastLoaded;

  /**
   * @param active the model that has been loaded
   */
  ModelVersionDetector(ModelRepository root, ModelFiles active) {
    this.root = root;
    this.lastSeen = Optional.of(active);
    this.lastLoaded = Optional.of(active);
  }

  /** The model to load now, if there is one. */
  Optional<ModelFiles> poll() {
    Optional<ModelFiles> newest = newest();
    boolean unchanged = newest.equals(lastSeen);
    lastSeen = newest;
    return unchanged && !newest.equals(lastLoaded) ? newest : Optional.empty();
  }

  /** The newest model that may be usable, even if its files are still being written. */
  Optional<ModelFiles> newest() {
    Set<ModelFiles> skipped = new HashSet<>();
    Optional<ModelFiles> newest =
        root.newestFirst()
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
  void markLoaded(ModelFiles files) {
    lastLoaded = Optional.of(files);
  }

  /** The model is not usable unless its files change. */
  void markUnusable(ModelFiles files) {
    unusable.add(files);
  }
}
