package io.stillstream.local.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.schemas.topics.TopicPrefix;
import io.stillstream.schemas.topics.TopicSpec;
import io.stillstream.schemas.topics.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TopicsConfigTest {
  @Test
  void shouldBeTheCatalogueByDefault() {
    assertThat(parse("{}").specs()).isEqualTo(Topics.catalogue());
  }

  @Test
  void shouldChangeWhatTheFileSays() {
    // when
    TopicsConfig config =
        parse(
            """
            kafka: {bootstrap.servers: "broker:9092"}
            partitions: 12
            replication-factor: 3
            topics:
              images: {name: images-eu, retention: 30d, max-message-bytes: 1000000}
              views: {partitions: 24}
            """);
    // then
    TopicSpec images = config.specs().get(0);
    assertThat(images.name()).isEqualTo("images-eu");
    assertThat(images.partitions()).isEqualTo(12);
    assertThat(images.retention()).isEqualTo(Duration.ofDays(30));
    assertThat(images.maxMessageBytes()).isEqualTo(1_000_000);
    assertThat(config.specs().get(1).partitions()).isEqualTo(24);
    assertThat(config.specs().get(2).partitions()).isEqualTo(12);
    assertThat(config.specs().subList(3, 9)).allMatch(spec -> spec.partitions() == 1);
    assertThat(config.replicationFactor()).hasValue(3);
  }

  @Test
  void shouldPutThePrefixBeforeDefaultNamesOnly() {
    // when
    TopicsConfig config =
        parse(
            """
            topics:
              prefix: team-a.
              images: {name: shared-images}
              views: {retention: 1d}
              labels: own-labels
            """);
    // then
    assertThat(config.specs().stream().map(TopicSpec::name))
        .startsWith("shared-images", "team-a.views", "team-a.labeled-views", "own-labels")
        .filteredOn(name -> name.startsWith("team-a."))
        .hasSize(Topics.catalogue().size() - 2);
    assertThat(config.nameOf(Topics.DEAD_LETTERS)).isEqualTo("team-a.dead-letters");
    assertThat(config.specs().get(1).retention()).isEqualTo(Duration.ofDays(1));
    assertThat(config.withPrefix(new TopicPrefix("b.")).nameOf(Topics.VIEWS)).isEqualTo("b.views");
  }

  @Test
  void shouldRefuseABadPrefix() {
    assertThatThrownBy(() -> parse("topics: {prefix: 'a/'}"))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("topics.prefix: must have only letters, digits");
    assertThatThrownBy(() -> parse("topics: {prefix: {retention: 7d}}"))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("topics.prefix: must be a single value");
  }

  @Test
  void shouldRefuseWhatCannotBe() {
    assertThatThrownBy(() -> parse("partitions: 0"))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("partitions: must be at least 1, was 0");
    assertThatThrownBy(() -> parse("topics: {picutres: {partitions: 1}}"))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("topics: must be among images, views")
        .hasMessageContaining("picutres");
    assertThatThrownBy(() -> parse("replication-factor: 0"))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("replication-factor: must be at least 1, was 0");
  }

  @Test
  void shouldRefuseWhatWouldBreakAContract() {
    assertThatThrownBy(() -> parse("topics: {images: {config: {cleanup.policy: compact}}}"))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining(
            "topics.images.config.cleanup.policy: must be delete, was compact: several records have"
                + " the same key, and compaction would delete all but the newest");
    assertThatThrownBy(() -> parse("topics: {forgotten: {config: {cleanup.policy: delete}}}"))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining(
            "topics.forgotten.config.cleanup.policy: must be compact, was delete: the newest record"
                + " of each key must stay, however old it is");
    assertThatThrownBy(() -> parse("config: {cleanup.policy: delete}"))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("config.cleanup.policy: must be absent: topics differ in it");
    assertThat(parse("topics: {images: {config: {cleanup.policy: delete}}}").specs())
        .isEqualTo(Topics.catalogue());
  }

  @Test
  void shouldRefuseASettingThatIsThereTwice() {
    assertThatThrownBy(() -> parse("topics: {images: {retention: 1d, config: {retention.ms: 5}}}"))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("retention: must not be set together with config.retention.ms");
    assertThatThrownBy(
            () -> parse("topics: {images: {max-message-bytes: 9, config: {max.message.bytes: 5}}}"))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining(
            "max-message-bytes: must not be set together with config.max.message.bytes");
  }

  @Test
  void shouldReadTheSampleFile() {
    // when
    TopicsConfig config =
        YamlSettings.load(Path.of("../config/topics.yaml"), TopicsConfig.class, Map.of());
    // then
    assertThat(config.specs()).hasSize(Topics.catalogue().size());
    assertThat(config.kafka()).containsEntry("schema.registry.url", "http://localhost:8081");
    assertThat(config.replicationFactor()).isEmpty();
  }

  private static TopicsConfig parse(String yaml) {
    return YamlSettings.parse(yaml, TopicsConfig.class, Map.of());
  }
}
