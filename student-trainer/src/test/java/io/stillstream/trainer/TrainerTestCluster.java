package io.stillstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stillstream.containers.KafkaTestEnvironment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** One broker and one registry for all tests of a JVM; every test has topics of its own. */
public final class TrainerTestCluster implements BeforeAllCallback {
  private static final String KEY = "cluster";
  private KafkaTestEnvironment running;

  @Override
  public void beforeAll(ExtensionContext context) {
    running =
        context
            .getRoot()
            .getStore(Namespace.create(TrainerTestCluster.class))
            .getOrComputeIfAbsent(KEY, key -> start(), KafkaTestEnvironment.class);
  }

  private static KafkaTestEnvironment start() {
    try {
      return KafkaTestEnvironment.start(Files.createTempDirectory(Path.of("target"), "cluster"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String servers() {
    return running.bootstrapServers();
  }

  String registryUrl() {
    return running.registryUrl();
  }

  /** The settings of clients. */
  Map<String, String> kafka() {
    return running.kafka();
  }

  /** The settings of a trainer that uses this cluster and the topics with a suffix. */
  String yaml(String suffix) {
    return "kafka: {bootstrap.servers: \"%s\", schema.registry.url: \"%s\"}\n"
            .formatted(servers(), registryUrl())
        + topicsYaml(suffix);
  }

  static String topicsYaml(String suffix) {
    return """
        topics:
          views: views-%1$s
          labeled-views: labeled-%1$s
          labels: labels-%1$s
          student-releases: releases-%1$s
          student-progress: progress-%1$s
          student-events: events-%1$s
          dead-letters: letters-%1$s
          forgotten: forgotten-%1$s
          review-requests: reviews-%1$s
        """
        .formatted(suffix);
  }

  /** Makes the topics of one test, with a common suffix, which is returned. */
  public String topics(int partitions) throws Exception {
    String suffix = UUID.randomUUID().toString();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers()))) {
      List<NewTopic> topics =
          List.of(
              new NewTopic("views-" + suffix, partitions, (short) 1),
              new NewTopic("labeled-" + suffix, partitions, (short) 1),
              new NewTopic("labels-" + suffix, partitions, (short) 1),
              new NewTopic("releases-" + suffix, 1, (short) 1),
              new NewTopic("progress-" + suffix, 1, (short) 1),
              new NewTopic("events-" + suffix, 1, (short) 1),
              new NewTopic("letters-" + suffix, 1, (short) 1),
              new NewTopic("reviews-" + suffix, 1, (short) 1),
              new NewTopic("forgotten-" + suffix, 1, (short) 1)
                  .configs(Map.of("cleanup.policy", "compact")));
      admin.createTopics(topics).all().get();
      awaitLeaders(admin, topics);
    }
    return suffix;
  }

  /** An idempotent producer that is faster than the leaders gets its sequence wrong for ever. */
  private static void awaitLeaders(Admin admin, List<NewTopic> topics) {
    Map<TopicPartition, OffsetSpec> all = new HashMap<>();
    for (NewTopic topic : topics) {
      for (int p = 0; p < topic.numPartitions(); p++) {
        all.put(new TopicPartition(topic.name(), p), OffsetSpec.earliest());
      }
    }
    await()
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptionsInstanceOf(ExecutionException.class)
        .untilAsserted(() -> assertThat(admin.listOffsets(all).all().get()).hasSize(all.size()));
  }
}
