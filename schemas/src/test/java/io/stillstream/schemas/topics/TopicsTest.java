package io.stillstream.schemas.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TopicsTest {

  @ParameterizedTest
  @CsvSource({
    "images, ImageEvent, 6, 604800000",
    "views, AugmentedView, 6, 172800000",
    "labeled-views, LabeledView, 6, 604800000",
    "student-releases, StudentRelease, 1,",
    "student-progress, StudentProgress, 1, 604800000",
    "student-events, StudentEvent, 1, 7776000000",
    "dead-letters,, 1, 2592000000",
    "dead-letter-replays,, 1,",
    "forgotten,, 1,"
  })
  void shouldListTopic(String name, String schema, int partitions, String retention) {
    // when
    TopicSpec topic =
        Topics.catalogue().stream().filter(t -> t.name().equals(name)).findFirst().orElseThrow();

    // then
    assertThat(topic.valueSchema().map(s -> s.getName()).orElse(null)).isEqualTo(schema);
    assertThat(topic.partitions()).isEqualTo(partitions);
    assertThat(topic.settings())
        .containsEntry(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, "8388608")
        .containsEntry(
            TopicConfig.CLEANUP_POLICY_CONFIG,
            retention == null
                ? TopicConfig.CLEANUP_POLICY_COMPACT
                : TopicConfig.CLEANUP_POLICY_DELETE);
    assertThat(topic.settings().get(TopicConfig.RETENTION_MS_CONFIG)).isEqualTo(retention);
  }

  @Test
  void shouldListNineTopics() {
    // when, then
    assertThat(Topics.catalogue()).extracting(TopicSpec::name).doesNotHaveDuplicates().hasSize(9);
  }

  @Test
  void shouldChangeOneThingAtATime() {
    // given
    TopicSpec images = Topics.catalogue().get(0);

    // when
    TopicSpec changed =
        images.withName("frames").withPartitions(12).withRetention(Duration.ofHours(1));

    // then
    assertThat(changed.name()).isEqualTo("frames");
    assertThat(changed.partitions()).isEqualTo(12);
    assertThat(changed.settings())
        .isEqualTo(
            Map.of(
                "cleanup.policy", "delete",
                "max.message.bytes", "8388608",
                "retention.ms", "3600000"));
    assertThat(changed.valueSchema()).isEqualTo(images.valueSchema());
  }

  @Test
  void shouldRejectInvalidSettings() {
    // given
    TopicSpec images = Topics.catalogue().get(0);

    // when, then
    assertThatThrownBy(() -> images.withName(" ")).hasMessageContaining("name");
    assertThatThrownBy(() -> images.withPartitions(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("partitions must be at least 1, was 0");
    assertThatThrownBy(() -> images.withRetention(Duration.ZERO)).hasMessageContaining("retention");
  }
}
