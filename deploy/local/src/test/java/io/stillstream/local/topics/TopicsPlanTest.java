package io.stillstream.local.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.local.topics.TopicsPlan.PlannedTopic;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.schemas.topics.Topics;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicsPlanTest {
  @ParameterizedTest
  @CsvSource({"1, 1, 1, 1", "2, 2, 1, 1", "3, 3, 2, 0", "4, 3, 2, 0", "30, 3, 2, 0"})
  void shouldKeepAsManyReplicasAsTheClusterCan(
      int brokers, int replicas, String minInsync, int warnings) {
    // when
    TopicsPlan plan = plan("{}", brokers);

    // then
    assertThat(plan.topics())
        .hasSameSizeAs(Topics.catalogue())
        .allSatisfy(
            topic -> {
              assertThat(topic.replicationFactor()).hasValue(replicas);
              assertThat(topic.settings()).containsEntry("min.insync.replicas", minInsync);
            });
    assertThat(plan.warnings()).hasSize(warnings);
  }

  @Test
  void shouldSayWhatWasChosen() {
    assertThat(plan("{}", 5).summary())
        .isEqualTo("replication factor 3, min.insync.replicas 2 (5 brokers)");
    assertThat(plan("{}", 1).summary())
        .isEqualTo("replication factor 1, min.insync.replicas 1 (1 broker)");
    assertThat(plan("{}", 1).warnings())
        .containsExactly(
            "each partition has one copy: what a broker loses is lost. Production needs three"
                + " brokers and replication factor 3.");
    assertThat(plan("replication-factor: -1", 9).summary())
        .isEqualTo(
            "replication factor of the brokers, min.insync.replicas of the brokers (9 brokers)");
  }

  @Test
  void shouldLetTheFileWin() {
    // when
    TopicsPlan plan =
        plan(
            """
            replication-factor: 2
            config: {segment.bytes: 1000, min.insync.replicas: 2, retention.ms: 5}
            topics:
              images: {config: {segment.bytes: 2000, remote.storage.enable: true}}
              views: {retention: 1d}
              dead-letters: {config: {retention.ms: -1}}
            """,
            3);

    // then
    assertThat(plan.topics()).allMatch(topic -> topic.replicationFactor().equals(Optional.of(2)));
    assertThat(settings(plan, "images"))
        .containsEntry("segment.bytes", "2000")
        .containsEntry("remote.storage.enable", "true")
        .containsEntry("min.insync.replicas", "2")
        .containsEntry("retention.ms", "5")
        .containsEntry("cleanup.policy", "delete");
    assertThat(settings(plan, "views"))
        .containsEntry("segment.bytes", "1000")
        .containsEntry("retention.ms", "86400000");
    assertThat(settings(plan, "dead-letters")).containsEntry("retention.ms", "-1");
  }

  @Test
  void shouldLeaveReplicasToTheBrokers() {
    // when
    TopicsPlan plan = plan("replication-factor: -1", 3);

    // then
    assertThat(plan.topics())
        .allSatisfy(
            topic -> {
              assertThat(topic.replicationFactor()).isEmpty();
              assertThat(topic.settings()).doesNotContainKey("min.insync.replicas");
            });
    assertThat(plan.warnings()).isEmpty();
  }

  @Test
  void shouldRefuseATopicThatTakesNothing() {
    assertThatThrownBy(() -> plan("topics: {views: {config: {min.insync.replicas: 2}}}", 1))
        .isInstanceOf(StartupException.class)
        .hasMessage(
            "topic views: min.insync.replicas is 2 and the replication factor is 1: nothing could be"
                + " written");
  }

  @Test
  void shouldWarnOfUncleanElections() {
    assertThat(
            plan("topics: {views: {config: {unclean.leader.election.enable: true}}}", 3).warnings())
        .containsExactly(
            "views: unclean.leader.election.enable is true. Such an election deletes records that"
                + " were confirmed, and exactly-once ends there.");
  }

  private static Map<String, String> settings(TopicsPlan plan, String topic) {
    return plan.topics().stream()
        .filter(planned -> planned.name().equals(topic))
        .map(PlannedTopic::settings)
        .findFirst()
        .orElseThrow();
  }

  private static TopicsPlan plan(String yaml, int brokers) {
    return TopicsPlan.of(YamlSettings.parse(yaml, TopicsConfig.class, Map.of()), brokers);
  }
}
