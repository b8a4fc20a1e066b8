package io.stillstream.labeler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stillstream.containers.KafkaTestEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** One broker and one registry for all integration tests of the JVM; topics are each test's own. */
final class LabelerTestCluster implements AutoCloseable {
  private final Path directory;
  private final KafkaTestEnvironment environment;

  private LabelerTestCluster() {
    try {
      directory = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "cluster");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    environment = KafkaTestEnvironment.start(directory);
  }

  Path directory() {
    return directory;
  }

  /** The {@code kafka:} mapping for this cluster. */
  Map<String, String> kafka() {
    return kafka(environment.registryUrl());
  }

  /** The same with another registry. */
  Map<String, String> kafka(String registryUrl) {
    return Map.of(
        "bootstrap.servers", environment.bootstrapServers(), "schema.registry.url", registryUrl);
  }

  /** Names for one test's topics, which are made with this many partitions. */
  LabelerTestTopics topics(int partitions, Map<String, String> settingsOfLabels) {
    LabelerTestTopics topics =
        LabelerTestTopics.named(UUID.randomUUID().toString().substring(0, 8), this);
    try (Admin admin = Admin.create(new HashMap<>(kafka()))) {
      admin
          .createTopics(
              List.of(
                  topic(topics.names().views(), partitions),
                  topic(topics.names().labeledViews(), partitions).configs(settingsOfLabels),
                  topic(topics.names().studentProgress(), 1),
                  topic(topics.names().deadLetters(), 1)))
          .all()
          .get();
      // An idempotent producer that is faster than the leaders gets its sequence wrong for ever.
      Map<TopicPartition, OffsetSpec> all = new HashMap<>();
      for (int p = 0; p < partitions; p++) {
        all.put(new TopicPartition(topics.names().views(), p), OffsetSpec.earliest());
        all.put(new TopicPartition(topics.names().labeledViews(), p), OffsetSpec.earliest());
      }
      all.put(new TopicPartition(topics.names().studentProgress(), 0), OffsetSpec.earliest());
      all.put(new TopicPartition(topics.names().deadLetters(), 0), OffsetSpec.earliest());
      await()
          .ignoreExceptionsInstanceOf(ExecutionException.class)
          .untilAsserted(() -> assertThat(admin.listOffsets(all).all().get()).hasSize(all.size()));
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
    return topics;
  }

  LabelerTestTopics topics(int partitions) {
    return topics(partitions, Map.of());
  }

  @Override
  public void close() {
    environment.close();
  }

  private static NewTopic topic(String name, int partitions) {
    return new NewTopic(name, Optional.of(partitions), Optional.of((short) 1));
  }

  /** Hands the cluster to test methods that ask for it. */
  static final class Extension implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == LabelerTestCluster.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return context
          .getRoot()
          .getStore(ExtensionContext.Namespace.GLOBAL)
          .getOrComputeIfAbsent(
              LabelerTestCluster.class, key -> new LabelerTestCluster(), LabelerTestCluster.class);
    }
  }
}
