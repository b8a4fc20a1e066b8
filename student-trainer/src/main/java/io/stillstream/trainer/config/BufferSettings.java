package io.stillstream.trainer.config;

import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.config.SettingRanges;
import io.stillstream.trainer.training.buffer.BufferKind;
import io.stillstream.trainer.training.buffer.BufferLimits;
import io.stillstream.trainer.training.buffer.TeacherChangePolicy;
import java.util.Optional;

/**
 * What is kept for replay.
 *
 * @param kind which views stay
 * @param views how many at most
 * @param bytes what they may take on the heap; by default half of it
 * @param viewsPerImage views of an image that may be kept; all of them by default
 * @param onTeacherChange what becomes of the logits of a former teacher
 */
public record BufferSettings(
    @Default("reservoir") BufferKind kind,
    @Default("100000") int views,
    Optional<Long> bytes,
    Optional<Integer> viewsPerImage,
    @Default("age-out") TeacherChangePolicy onTeacherChange) {
  public BufferSettings {
    SettingRanges.requireAtLeast(1, "views", views);
    viewsPerImage.ifPresent(value -> SettingRanges.requireAtLeast(1, "views-per-image", value));
    bytes.ifPresent(value -> SettingRanges.requireAtLeast(1, "bytes", value));
  }

  /**
   * Both limits.
   *
   * @param heap largest size of the heap in bytes
   */
  public BufferLimits limits(long heap) {
    return new BufferLimits(views, bytes.orElse(heap / 2));
  }
}
