package io.stillstream.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PathTemplateTest {
  private final PathTemplate template = PathTemplate.parse("/releases/{version}/promote");

  @Test
  void shouldTellWhatStandsAtTheBraces() {
    // then
    assertThat(template.match("/releases/7/promote")).hasValue(Map.of("version", "7"));
    assertThat(template.match("/releases/%2e%2e/promote")).hasValue(Map.of("version", "%2e%2e"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "/releases",
        "/releases/7",
        "/releases//promote",
        "/releases/7/promote/",
        "/releases/7/8/promote",
        "//releases/7/promote",
        "/releases/7/Promote",
        "releases/7/promote"
      })
  void shouldNotMatchAnotherPath(String path) {
    // then
    assertThat(template.match(path)).isEmpty();
  }
}
