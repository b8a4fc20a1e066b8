package io.stillstream.trainer.config;

import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.config.SettingRanges;
import io.stillstream.trainer.config.TrainerConfig.BatchSettings;
import io.stillstream.trainer.config.TrainerConfig.Input;

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
   * Checks what other settings say. The images of all views that wait for a batch have to be
   * remembered: a restart reads those again, and has to find their truth.
   */
  void require(BatchSettings batch, TrainerTopics topics, Input input) {
    if (enabled && images <= 2L * batch.size()) {
      throw new IllegalArgumentException(
          "labels.images must be more than twice batch.size, %d, was %d"
              .formatted(batch.size(), images));
    }
    String views = input == Input.VIEWS ? topics.views() : topics.labeledViews();
    if (enabled && topics.labels().equals(views)) {
      throw new IllegalArgumentException(
          "topics.labels must not be the topic of views, was " + views);
    }
  }
}
