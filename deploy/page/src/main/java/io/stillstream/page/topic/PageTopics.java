package io.stillstream.page.topic;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.stillstream.runtime.config.Default;
import java.util.List;
import java.util.stream.Stream;

/**
 * Names of topics.
 *
 * @param labels takes images out of the queue; need not exist
 * @param reviewRequests images to label; need not exist
 * @param studentReleases is shown only
 * @param source what the student learns from: labelled views, or views
 */
public record PageTopics(
    @Default("images") @JsonProperty("images") String images,
    @Default("views") @JsonProperty("views") String views,
    @Default("labeled-views") @JsonProperty("labeled-views") String labeledViews,
    @Default("labels") @JsonProperty("labels") String labels,
    @Default("review-requests") @JsonProperty("review-requests") String reviewRequests,
    @Default("student-releases") @JsonProperty("student-releases") String studentReleases,
    @Default("student-events") @JsonProperty("student-events") String studentEvents,
    @Default("dead-letters") @JsonProperty("dead-letters") String deadLetters,
    @Default("labeled-views") @JsonProperty("source") String source) {

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
