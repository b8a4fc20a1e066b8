package io.stillstream.schemas.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.schemas.topics.TopicSpec.Cleanup;
import java.time.Duration;
import java.util.Optional;
import org.apache.avro.Schema;
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
    "labels, ImageLabel, 1, 7776000000",
    "review-requests, ReviewRequest, 1, 604800000",
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
  void shouldListElevenTopics() {
    // when, then
    assertThat(Topics.catalogue()).extracting(TopicSpec::name).doesNotHaveDuplicates().hasSize(11);
  }

  @Test
  void shouldChangeTheNumberOfPartitionsOnly() {
    // given
    TopicSpec images = Topics.catalogue().get(0);

    // when
    TopicSpec changed = images.withPartitions(12);

    // then
    assertThat(changed.partitions()).isEqualTo(12);
    assertThat(changed.withPartitions(images.partitions())).isEqualTo(images);
  }

  @Test
  void shouldRejectInvalidSettings() {
    // given
    TopicSpec images = Topics.catalogue().get(0);
    Optional<Schema> schema = images.valueSchema();
    Cleanup cleanup = images.cleanup();
    Duration day = Duration.ofDays(1);

    // when, then
    assertThatThrownBy(() -> new TopicSpec(" ", schema, 1, cleanup, day, 1))
        .hasMessageContaining("name");
    assertThatThrownBy(() -> images.withPartitions(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("partitions must be at least 1, was 0");
    assertThatThrownBy(() -> new TopicSpec("images", schema, 1, cleanup, Duration.ZERO, 1))
        .hasMessageContaining("retention");
  }
}
