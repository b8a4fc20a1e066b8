package io.stillstream.trainer.status;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * The confusion matrix for other threads. The loop computes it only after a request, as it costs
 * the square of the number of classes. Safe for all threads.
 */
public final class ConfusionMatrixCache {
  private volatile boolean requested;
  private volatile long[][] latest;

  /** The matrix of the request before, [label][prediction]; empty at first. Requests a new one. */
  Optional<long[][]> request() {
    requested = true;
    return Optional.ofNullable(latest);
  }

  /**
   * Stores a new matrix if one has been requested since the last one.
   *
   * @param matrix gives a matrix that nothing changes any more; empty while there are no images
   */
  public void updateIfRequested(Supplier<Optional<long[][]>> matrix) {
    if (requested) {
      matrix
          .get()
          .ifPresent(
              counts -> {
                latest = counts;
                requested = false;
              });
    }
  }
}
