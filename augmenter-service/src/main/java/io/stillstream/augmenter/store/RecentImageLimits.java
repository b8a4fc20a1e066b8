package io.stillstream.augmenter.store;

import io.stillstream.augmenter.config.AugmenterConfig;

/**
 * How many recent images a partition keeps.
 *
 * @param maxBytes of all images, at least 1
 * @param maxImages at least 1
 * @param maxImageBytes of one; a larger one is not kept; at most {@code maxBytes}
 */
public record RecentImageLimits(long maxBytes, int maxImages, int maxImageBytes) {
  /** So that one large image does not evict all others. */
  private static final int LEAST_IMAGES = 4;

  /** Upper bound of what the wire format adds to a single record, bytes. */
  private static final int RECORD_OVERHEAD = 256;

  /**
   * Returns the limits that follow from settings and record size.
   *
   * @param maxRecord largest record that can be sent to the changelog topic, bytes
   */
  public static RecentImageLimits of(AugmenterConfig.RecentImageSettings settings, int maxRecord) {
    long share = settings.maxBytes() / LEAST_IMAGES;
    return new RecentImageLimits(
        settings.maxBytes(),
        settings.maxImages(),
        (int) Math.max(0, Math.min(share, maxRecord - RECORD_OVERHEAD)));
  }
}
