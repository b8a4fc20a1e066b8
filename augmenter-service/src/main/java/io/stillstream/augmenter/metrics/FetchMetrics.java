package io.stillstream.augmenter.metrics;

import java.time.Duration;

/** What is counted of images that are fetched by their addresses. */
public interface FetchMetrics {
  /**
   * An object was read, or could not be.
   *
   * @param result from the list in docs/metrics.md
   * @param duration of the reading, without waiting for memory
   */
  void fetched(String result, Duration duration);

  /** An object is read once more, whose store was unavailable. */
  void retried();

  /** A stream thread has waited so long for an object whose turn had come. */
  void waited(Duration duration);

  /** So many objects are there or on their way, with so many bytes. */
  void held(int objects, long bytes);
}
