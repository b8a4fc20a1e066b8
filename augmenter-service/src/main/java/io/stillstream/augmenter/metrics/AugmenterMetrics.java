package io.stillstream.augmenter.metrics;

import java.time.Duration;

/**
 * What the augmenter counts. Records read = images + rejected. After a crash or a rebalance the
 * records of an aborted transaction are processed, and counted, once more: these meters count work
 * done; the topics hold the exact result.
 */
public interface AugmenterMetrics {

  /**
   * An image became views.
   *
   * @param views how many
   * @param duration from the record's bytes to the bytes of all views, waiting for the registry and
   *     for the store of its object included
   * @param age from the image's capture to now
   */
  void augmented(int views, Duration duration, Duration age);

  /**
   * A record went to dead letters.
   *
   * @param reason from the list in docs/metrics.md
   */
  void rejected(String reason);

  /** Views of which each holds a second image. */
  void mixed(int views);

  /** The number and bytes of the kept recent images changed by these differences. */
  void recentImagesChanged(int images, long bytes);

  /** A thread began (+1) or stopped (−1) waiting for the registry. */
  void waitingForRegistry(int change);

  /** A thread began (+1) or stopped (−1) waiting for the store of an object. */
  void waitingForStore(int change);
}
