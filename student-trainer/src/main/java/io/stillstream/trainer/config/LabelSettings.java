package io.stillstream.trainer.config;

import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.config.SettingRanges;

/**
 * Labels that come apart from their images.
 *
 * @param enabled whether they are read
 * @param images most images whose truth is remembered
 * @param maskBytes most bytes of their masks
 */
public record LabelSettings(
    @Default("false") boolean enabled,
    @Default("100000") int images,
    @Default("67108864") long maskBytes) {
  public LabelSettings {
    SettingRanges.requireAtLeast(1, "images", images);
    SettingRanges.requireNotNegative("mask-bytes", maskBytes);
  }

  /**
   * Checks that the images of all views that wait for a batch are remembered, so that a restart,
   * which reads those again, finds their truth.
   */
  void requireRoomFor(int batchSize) {
    if (enabled && images <= 2 * batchSize) {
      throw new IllegalArgumentException(
          "labels.images must be more than twice batch.size, %d, was %d"
              .formatted(batchSize, images));
    }
  }
}
