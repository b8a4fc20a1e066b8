package io.stillstream.trainer.training.hyperparameters;

import io.stillstream.runtime.config.SettingRanges;
import io.stillstream.runtime.config.Shorthand;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How sure a teacher must be of an answer, for it to count; exactly one of the three. All are of
 * its probabilities at a temperature of 1. A single number is a {@code probability}.
 *
 * @param probability least of the most probable class, 0 to 1
 * @param margin least difference between the two most probable classes, 0 to 1
 * @param entropy largest entropy as a share of ln K, 0 to 1
 */
@Shorthand("probability")
public record MinConfidenceSettings(
    Optional<Double> probability, Optional<Double> margin, Optional<Double> entropy) {
  public MinConfidenceSettings {
    probability.ifPresent(value -> SettingRanges.requireShare("probability", value));
    margin.ifPresent(value -> SettingRanges.requireShare("margin", value));
    entropy.ifPresent(value -> SettingRanges.requireShare("entropy", value));
    int given =
        (probability.isPresent() ? 1 : 0)
            + (margin.isPresent() ? 1 : 0)
            + (entropy.isPresent() ? 1 : 0);
    if (given != 1) {
      throw new IllegalArgumentException(
          "exactly one of probability, margin and entropy must be set, were " + given);
    }
  }

  /** The one that is set, by its key. */
  public Map<String, Double> byKey() {
    Map<String, Double> set = new TreeMap<>();
    probability.ifPresent(value -> set.put("probability", value));
    margin.ifPresent(value -> set.put("margin", value));
    entropy.ifPresent(value -> set.put("entropy", value));
    return set;
  }
}
