package io.stillstream.trainer.config;

import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.config.SettingRanges;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the student is evaluated on.
 *
 * @param images in the prequential window
 * @param heldOut directory with examples that are never trained on
 * @param heldOutTopic topic with such examples
 * @param heldOutImages most of either
 * @param everySteps how often the student is evaluated on them
 */
public record EvaluationSettings(
    @Default("2000") int images,
    Optional<Path> heldOut,
    Optional<String> heldOutTopic,
    @Default("10000") int heldOutImages,
    @Default("1000") long everySteps) {
  public EvaluationSettings {
    SettingRanges.requireAtLeast(1, "images", images);
    SettingRanges.requireAtLeast(1, "held-out-images", heldOutImages);
    SettingRanges.requireAtLeast(1, "every-steps", everySteps);
  }
}
