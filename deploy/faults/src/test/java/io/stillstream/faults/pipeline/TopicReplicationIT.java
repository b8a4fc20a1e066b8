package io.stillstream.faults.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.local.StillstreamMain;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.schemas.topics.TopicSpec;
import io.stillstream.schemas.topics.Topics;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code topics create} where there are three brokers. */
class TopicReplicationIT {
  private static final List<String> TOPICS =
      Topics.catalogue().stream().map(TopicSpec::name).toList();

  @TempDir Path directory;

  @Test
  void shouldCreateTopicsWithThreeReplicasOfWhichTwoMustBeInSync() throws Exception {
    try (BrokerCluster cluster = new BrokerCluster(directory);
        Admin admin =
            Admin.create(
                KafkaSettings.admin(Map.of("bootstrap.servers", cluster.bootstrapServers())))) {
      // when
      int code =
          StillstreamMain.commandLine()
              .execute("topics", "create", "--bootstrap-server=" + cluster.bootstrapServers());

      // then
      assertThat(code).isZero();
      assertThat(admin.describeTopics(TOPICS).allTopicNames().get().values())
          .hasSameSizeAs(TOPICS)
          .allSatisfy(TopicReplicationIT::assertThreeReplicas);
      Map<ConfigResource, Config> settings =
          admin
              .describeConfigs(
                  TOPICS.stream()
                      .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
                      .toList())
              .all()
              .get();
      assertThat(settings.values())
          .extracting(topic -> topic.get(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG).value())
          .hasSameSizeAs(TOPICS)
          .containsOnly("2");
    }
  }

  private static void assertThreeReplicas(TopicDescription topic) {
    assertThat(topic.partitions()).allSatisfy(part -> assertThat(part.replicas()).hasSize(3));
  }
}
