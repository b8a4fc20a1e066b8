package io.stillstream.trainer.training;

import io.stillstream.trainer.training.accuracy.PrequentialTracker;
import io.stillstream.trainer.training.buffer.TeacherAwareReplay;
import io.stillstream.trainer.training.example.TrainingExample;
import io.stillstream.trainer.training.example.ViewMask;
import java.util.function.LongPredicate;
import java.util.function.UnaryOperator;

/**
 * Changes what a training knows of images that it has seen: views in the buffer, outcomes in the
 * window. What it has learned and reported of them stays as it is.
 */
public final class LateTruth {
  private final TeacherAwareReplay replay;
  private final PrequentialTracker window;
  private final UpdatePrefetch prefetch;
  private final TrainerMetrics metrics;

  LateTruth(
      TeacherAwareReplay replay,
      PrequentialTracker window,
      UpdatePrefetch prefetch,
      TrainerMetrics metrics) {
    this.replay = replay;
    this.window = window;
    this.prefetch = prefetch;
    this.metrics = metrics;
  }

  /** Truth may come later: the window keeps from now on what it takes to count it. */
  public void expect() {
    window.expectTruth();
  }

  /**
   * Replaces views of an image in the replay buffer.
   *
   * @param image not 0; also as the one that is mixed in
   * @param change gives the same view where nothing is to be changed, else one with the same pixels
   * @return how many were replaced
   */
  public int update(long image, UnaryOperator<TrainingExample> change) {
    int changed = replay.update(image, change);
    if (changed > 0) {
      prefetch.close();
      metrics.buffered(replay.size(), replay.bytes());
    }
    return changed;
  }

  /** Whether an outcome of the window is that of the image, whose class is this. */
  public boolean relabel(long image, int label) {
    return evaluated(window.relabel(image, label));
  }

  /** Whether an outcome of the window is that of the image, whose mask is this. */
  public boolean remask(long image, ViewMask mask) {
    return evaluated(window.remask(image, mask));
  }

  private boolean evaluated(boolean isFound) {
    if (isFound) {
      metrics.evaluated(window);
    }
    return isFound;
  }

  /** Forgets of which images outcomes are. */
  public void erase(LongPredicate image) {
    window.erase(image);
  }
}
