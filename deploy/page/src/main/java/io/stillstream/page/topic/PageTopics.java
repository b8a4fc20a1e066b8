package io.stillstream.page.topic;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.stillstream.runtime.config.Default;
import io.stillstream.schemas.topics.TopicPrefix;
import java.util.List;
import java.util.stream.Stream;

/**
 * Names of topics.
 *
 * @param prefix before the default names
 * @param labels takes images out of the queue; need not exist
 * @param reviewRequests images to label; need not exist
 * @param studentReleases is shown only
 * @param source what the student learns from: labelled views, or views
 */
public record PageTopics(
    @Default("''") @JsonProperty("prefix") String prefix,
    @Default(value = "images", prefixed = true) @JsonProperty("images") String images,
    @Default(value = "views", prefixed = true) @JsonProperty("views") String views,
    @Default(value = "labeled-views", prefixed = true) @JsonProperty("labeled-views")
        String labeledViews,
    @Default(value = "labels", prefixed = true) @JsonProperty("labels") String labels,
    @Default(value = "review-requests", prefixed = true) @JsonProperty("review-requests")
        String reviewRequests,
    @Default(value = "student-releases", prefixed = true) @JsonProperty("student-releases")
        String studentReleases,
    @Default(value = "student-events", prefixed = true) @JsonProperty("student-events")
        String studentEvents,
    @Default(value = "dead-letters", prefixed = true) @JsonProperty("dead-letters")
        String deadLetters,
    @Default(value = "labeled-views", prefixed = true) @JsonProperty("source") String source) {

  public PageTopics {
    // The message of the prefix names the setting.
    var unused = new TopicPrefix(prefix);
  }

  /** The topics that the page needs, each once. */
  public List<String> readTopics() {
    return Stream.of(images, views, labeledViews, source, studentEvents, deadLetters)
        .distinct()
        .toList();
  }

  /** The topics that the page reads if they exist and it may. */
  public List<String> optionalTopics() {
    return Stream.of(reviewRequests, labels).distinct().toList();
  }
}
