package io.stillstream.labeler.reload;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Decides when there is another model to load: when the newest one that is complete has been the
 * same, files untouched, at two looks in a row. A model that could not be used is passed over until
 * its files change. Belongs to one thread.
 *
 * <p>It acts on changes of what is newest. So a model that was asked for by name stays until a
 * newer one comes, and removing the newest directory brings back the one before.
 */
final class ModelVersionDetector {
  private final ModelRepository root;
  private final Set<ModelFiles> unusable = new HashSet<>();
  private Optional<ModelFiles> lastSeen;
  private Optional<ModelFiles> lastTaken;

  /**
   * @param running what has been loaded from the root already
   */
  ModelVersionDetector(ModelRepository root, ModelFiles running) {
    this.root = root;
    this.lastSeen = Optional.of(running);
    this.lastTaken = Optional.of(running);
  }

  /** The model to load now, if there is one. */
  Optional<ModelFiles> poll() {
    Optional<ModelFiles> newest = newest();
    boolean untouched = newest.equals(lastSeen);
    lastSeen = newest;
    return untouched && !newest.equals(lastTaken) ? newest : Optional.empty();
  }

  /** The newest model that may be usable, whether or not someone is still writing it. */
  Optional<ModelFiles> newest() {
    Set<ModelFiles> passedOver = new HashSet<>();
    Optional<ModelFiles> newest =
        root.newestFirst()
            .filter(
                files -> {
                  boolean bad = unusable.contains(files);
                  if (bad) {
                    passedOver.add(files);
                  }
                  return !bad;
                })
            .findFirst();
    // What is gone or has changed need not be remembered.
    unusable.retainAll(passedOver);
    return newest;
  }

  /** It has been loaded, or is known to be the one that runs. */
  void markLoaded(ModelFiles files) {
    lastTaken = Optional.of(files);
  }

  /** It could not be used as it is. */
  void markUnusable(ModelFiles files) {
    unusable.add(files);
  }
}
