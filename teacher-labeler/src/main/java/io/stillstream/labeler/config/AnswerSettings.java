package io.stillstream.labeler.config;

import io.stillstream.runtime.config.SettingRanges;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How records keep the teachers' answers.
 *
 * @param topK how many logits of classifiers, the largest; empty for all
 */
public record AnswerSettings(Optional<Integer> topK) {
  public AnswerSettings {
    topK.ifPresent(k -> SettingRanges.requireAtLeast(1, "top-k", k));
  }

  /** {@link #topK}. */
  public OptionalInt topLogits() {
    return topK.map(OptionalInt::of).orElse(OptionalInt.empty());
  }
}
