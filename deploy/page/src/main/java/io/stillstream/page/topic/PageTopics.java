package io.stillstream.page.topic;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.stillstream.runtime.config.Default;

/**
 * Names of topics.
 *
 * @param studentReleases is shown only
 * @param source what the student learns from: labelled views, or views
 */
public record PageTopics(
    @Default("images") @JsonProperty("images") String images,
    @Default("views") @JsonProperty("views") String views,
    @Default("labeled-views") @JsonProperty("labeled-views") String labeledViews,
    @Default("student-releases") @JsonProperty("student-releases") String studentReleases,
    @Default("student-events") @JsonProperty("student-events") String studentEvents,
    @Default("dead-letters") @JsonProperty("dead-letters") String deadLetters,
    @Default("labeled-views") @JsonProperty("source") String source) {}
