package io.stillstream.page.topic;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.config.SettingRanges;
import java.util.List;

/**
 * Names of the consumer groups whose offsets tell how far a service is.
 *
 * @param augmenter its {@code application-id}
 * @param labeler its {@code group-id}
 */
public record PageGroups(
    @Default(value = "augmenter", prefixed = true) @JsonProperty("augmenter") String augmenter,
    @Default(value = "teacher-labeler", prefixed = true) @JsonProperty("labeler") String labeler) {
  public PageGroups {
    SettingRanges.requireText("groups.augmenter", augmenter);
    SettingRanges.requireText("groups.labeler", labeler);
  }

  /** Each once. */
  public List<String> all() {
    return List.of(augmenter, labeler).stream().distinct().toList();
  }
}
