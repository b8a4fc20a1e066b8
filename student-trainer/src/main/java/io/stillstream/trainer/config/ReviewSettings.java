package io.stillstream.trainer.config;

import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.config.SettingRanges;
import io.stillstream.schemas.ReviewReason;
import java.util.List;

/**
 * Which images are requested for review by a person.
 *
 * @param perMinute most images per minute; 0 for none
 * @param reasons for which an image may be requested
 * @param minDisagreement least share of cells of which teacher and student favour different classes
 *     for a disagreement; of a classification it is 0 or 1
 * @param unsureBelow probability of the favoured class, averaged over the cells, below which
 *     teacher or student is unsure
 * @param maxWaiting most requests that wait for a checkpoint or for brokers
 * @param rememberedImages how many of the latest images are remembered, so that none is requested
 *     twice
 */
public record ReviewSettings(
    @Default("0") int perMinute,
    @Default("[disagreement, unsure-teacher, unsure-student]") List<ReviewReason> reasons,
    @Default("0.25") double minDisagreement,
    @Default("0.5") double unsureBelow,
    @Default("500") int maxWaiting,
    @Default("100000") int rememberedImages) {
  private static final int MOST_PER_MINUTE = 1000;
  private static final int MOST_WAITING = 10_000;

  public ReviewSettings {
    SettingRanges.requireWithin(0, MOST_PER_MINUTE, "per-minute", perMinute);
    SettingRanges.requireShare("min-disagreement", minDisagreement);
    SettingRanges.requireShare("unsure-below", unsureBelow);
    SettingRanges.requireWithin(1, MOST_WAITING, "max-waiting", maxWaiting);
    SettingRanges.requireAtLeast(1, "remembered-images", rememberedImages);
    if (reasons.isEmpty() || reasons.contains(ReviewReason.UNKNOWN)) {
      throw new IllegalArgumentException(
          "reasons must be some of disagreement, unsure-teacher and unsure-student");
    }
    reasons = List.copyOf(reasons);
  }

  /** Whether any image may be requested. */
  public boolean isEnabled() {
    return perMinute > 0;
  }
}
