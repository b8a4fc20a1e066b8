package io.stillstream.trainer.training.buffer;

import io.stillstream.schemas.values.SplitMix64;
import io.stillstream.trainer.training.example.TrainingExample;
import io.stillstream.trainer.training.example.ViewIdentity;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which views are offered to a replay buffer, and which of those that are drawn are mirrored. Both
 * are functions of the seed, and of image and view or of step and row: there is no state, so a
 * resumed training does the same.
 *
 * @param viewsPerImage views of an image that may be stored; empty for all
 * @param horizontalFlip whether each drawn view is mirrored with probability 1/2
 * @param seed of both
 */
public record ReplaySampling(Optional<Integer> viewsPerImage, boolean horizontalFlip, long seed) {
  /** All views, as they are. */
  public static final ReplaySampling ALL = new ReplaySampling(Optional.empty(), false, 0);

  /**
   * Whether a view may be stored. Of an image's views, each choice of {@code viewsPerImage} is
   * equally likely (Floyd's sampling: Bentley and Floyd 1987); the time does not depend on what a
   * record says of its views.
   */
  boolean stores(TrainingExample view) {
    ViewIdentity identity = view.identity();
    if (viewsPerImage.isEmpty()
        || identity.image() == 0
        || identity.views() <= viewsPerImage.get()) {
      return true;
    }
    SplitMix64 random = new SplitMix64(seed ^ identity.image());
    Set<Integer> chosen = new HashSet<>();
    for (int last = identity.views() - viewsPerImage.get(); last < identity.views(); last++) {
      int drawn = (int) random.nextLong(last + 1L);
      chosen.add(chosen.contains(drawn) ? last : drawn);
    }
    return chosen.contains(identity.index());
  }

  /**
   * Mirrors some of the drawn views.
   *
   * @param views of which those from a place on were drawn
   * @param step for which they were drawn
   */
  void mirror(List<TrainingExample> views, int from, long step) {
    if (!horizontalFlip) {
      return;
    }
    // Twice: the generator's own increment would make it one stream, shifted by a place per step.
    SplitMix64 random = new SplitMix64(new SplitMix64(seed + step).nextLong());
    for (int i = from; i < views.size(); i++) {
      if (random.nextLong(2) == 1) {
        views.set(i, views.get(i).mirror());
      }
    }
  }
}
