package io.stillstream.local.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.local.topics.TopicsConfig;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.topics.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ServiceSettingsTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"augmenter", "labeler", "labeler-remote", "trainer", "page", "topics"})
  void shouldReadTheSamplesOfAllServices(String name) {
    // when
    TopicsConfig settings =
        ServiceSettings.topics(List.of(Path.of("../config", name + ".yaml")), Set.of());

    // then
    assertThat(settings.kafka()).containsKeys("bootstrap.servers", "schema.registry.url");
  }

  @Test
  void shouldTakeTheNamesOfTopicsThatAServiceHas() throws Exception {
    // given
    Path file =
        Files.writeString(
            directory.resolve("trainer.yaml"),
            """
            kafka: {bootstrap.servers: "broker:9092"}
            topics: {prefix: team-a., images: shared-images, student-releases: students}
            batch: {size: none}
            """);

    // when
    TopicsConfig settings = ServiceSettings.topics(List.of(file), Set.of());

    // then
    assertThat(settings.nameOf(Topics.IMAGES)).isEqualTo("shared-images");
    assertThat(settings.nameOf(Topics.LABELS)).isEqualTo("team-a.labels");
    assertThat(settings.nameOf(Topics.STUDENT_RELEASES)).isEqualTo("students");
  }

  @Test
  void shouldRefuseKeysThatNoServiceHas() throws Exception {
    // given
    Path file = Files.writeString(directory.resolve("trainer.yaml"), "kafak: {}\n");

    // when, then
    assertThatThrownBy(() -> ServiceSettings.topics(List.of(file), Set.of()))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("bad configuration " + file + ": kafak: unknown key");
    assertThat(ServiceSettings.topics(List.of(), Set.of()).nameOf(Topics.IMAGES))
        .isEqualTo("images");
  }
}
