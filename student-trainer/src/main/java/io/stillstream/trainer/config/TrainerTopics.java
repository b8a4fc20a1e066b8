package io.stillstream.trainer.config;

import io.stillstream.runtime.config.Default;
import io.stillstream.schemas.topics.TopicPrefix;

/**
 * Names of the topics that the trainer reads and writes.
 *
 * @param prefix before the default names, these and the group's
 * @param images only traces of images are read from it
 */
public record TrainerTopics(
    @Default("''") String prefix,
    @Default(value = "images", prefixed = true) String images,
    @Default(value = "views", prefixed = true) String views,
    @Default(value = "labeled-views", prefixed = true) String labeledViews,
    @Default(value = "labels", prefixed = true) String labels,
    @Default(value = "review-requests", prefixed = true) String reviewRequests,
    @Default(value = "student-releases", prefixed = true) String studentReleases,
    @Default(value = "student-progress", prefixed = true) String studentProgress,
    @Default(value = "student-events", prefixed = true) String studentEvents,
    @Default(value = "dead-letters", prefixed = true) String deadLetters,
    @Default(value = "forgotten", prefixed = true) String forgotten) {
  public TrainerTopics {
    // The message of the prefix names the setting.
    var unused = new TopicPrefix(prefix);
  }
}
