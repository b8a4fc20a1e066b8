package io.stillstream.trainer.config;

import io.stillstream.runtime.config.Default;
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
    atLeastOne("images", images);
    atLeastOne("held-out-images", heldOutImages);
    atLeastOne("every-steps", everySteps);
  }

  private static void atLeastOne(String key, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(key + " must be at least 1, was " + value);
    }
  }
}
