package io.stillstream.student;

import io.stillstream.embedded.DevelopmentRegistry;
import io.stillstream.embedded.EmbeddedKafka;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** One broker and one registry for all tests of a JVM; every test has topics of its own. */
final class TestCluster implements BeforeAllCallback {
  private static final String KEY = "cluster";
  private Running running;

  private record Running(EmbeddedKafka kafka, DevelopmentRegistry registry)
      implements AutoCloseable {
    @Override
    public void close() {
      registry.close();
      kafka.close();
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    running =
        context
            .getRoot()
            .getStore(Namespace.create(TestCluster.class))
            .getOrComputeIfAbsent(KEY, key -> start(), Running.class);
  }

  private static Running start() {
    try {
      Path directory = Files.createTempDirectory(Path.of("target"), "cluster");
      return new Running(
          EmbeddedKafka.start(directory.resolve("kafka"), 0),
          DevelopmentRegistry.start(directory.resolve("registry.json"), 0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String servers() {
    return running.kafka.bootstrapServers();
  }

  String registryUrl() {
    return running.registry.url().toString();
  }

  /** The settings of clients. */
  Map<String, String> kafka() {
    return Map.of("bootstrap.servers", servers(), "schema.registry.url", registryUrl());
  }

  /** Makes the topics of one test, with a common suffix, which is returned. */
  String topics(int partitions) throws Exception {
    String suffix = UUID.randomUUID().toString();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers()))) {
      admin
          .createTopics(
              List.of(
                  new NewTopic("labeled-" + suffix, partitions, (short) 1),
                  new NewTopic("releases-" + suffix, 1, (short) 1),
                  new NewTopic("progress-" + suffix, 1, (short) 1),
                  new NewTopic("letters-" + suffix, 1, (short) 1)))
          .all()
          .get();
    }
    return suffix;
  }
}
