package io.stillstream.trainer.training.buffer;

import io.stillstream.schemas.values.SplitMix64;
import io.stillstream.trainer.training.example.TrainingExample;
import io.stillstream.trainer.training.example.ViewSource;
import java.util.List;
import java.util.Optional;

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

  private static final long STEP = 0x9E3779B97F4A7C15L;

  /**
   * Whether a view may be stored. Of an image's views, each choice of {@code viewsPerImage} is
   * equally likely (selection sampling: Knuth, The Art of Computer Programming 2, Algorithm S).
   */
  boolean stores(TrainingExample view) {
    ViewSource source = view.source();
    if (viewsPerImage.isEmpty() || source.image() == 0 || source.views() <= viewsPerImage.get()) {
      return true;
    }
    SplitMix64 random = new SplitMix64(seed ^ source.image());
    int left = viewsPerImage.get();
    boolean chosen = false;
    for (int index = 0; index <= source.index() && index < source.views(); index++) {
      chosen = random.nextLong(source.views() - index) < left;
      left -= chosen ? 1 : 0;
    }
    return chosen;
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
    SplitMix64 random = new SplitMix64(seed + step * STEP);
    for (int i = from; i < views.size(); i++) {
      if (random.nextLong(2) == 1) {
        views.set(i, views.get(i).mirror());
      }
    }
  }
}
