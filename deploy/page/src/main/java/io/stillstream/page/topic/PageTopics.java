package io.stillstream.page.topic;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Names of the topics that the page looks at.
 *
 * @param source what the student learns from: {@code labeledViews} or {@code views}
 */
public record PageTopics(
    @JsonProperty("images") String images,
    @JsonProperty("views") String views,
    @JsonProperty("labeled-views") String labeledViews,
    @JsonProperty("student-releases") String studentReleases,
    @JsonProperty("student-events") String studentEvents,
    @JsonProperty("dead-letters") String deadLetters,
    @JsonProperty("source") String source) {}
