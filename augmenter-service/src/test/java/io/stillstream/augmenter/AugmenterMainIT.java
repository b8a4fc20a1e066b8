package io.stillstream.augmenter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stillstream.augmenter.config.AugmenterConfig.AugmenterTopics;
import io.stillstream.embedded.process.JavaProcess;
import io.stillstream.schemas.AugmentedView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real main in a process of its own. */
final class AugmenterMainIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int IMAGES = 6_000;

  @TempDir private Path directory;

  @Test
  void shouldWriteExactlyOnceAcrossKills() throws Exception {
    // given
    try (AugmenterTestCluster cluster = new AugmenterTestCluster(directory)) {
      AugmenterTopics topics = cluster.topics("kills");
      cluster.sendImages(topics.images(), 0, IMAGES / 2);
      cluster.send(topics.images(), List.of("bad".getBytes(UTF_8)));
      cluster.sendImages(topics.images(), IMAGES / 2, IMAGES / 2);
      Path config = write(cluster.kafka(), topics);

      // when: killed twice at work, with a transaction open
      int seen = 0;
      for (int kill = 0; kill < 2; kill++) {
        JavaProcess process = AugmenterProcess.start(config);
        try {
          int before = seen;
          await()
              .atMost(PATIENCE)
              .pollInterval(Duration.ofMillis(50))
              .until(() -> uncommitted(cluster, topics) > before + 500);
        } finally {
          process.close();
        }
        seen = uncommitted(cluster, topics);
      }
      JavaProcess last = AugmenterProcess.start(config);
      try {
        await()
            .atMost(PATIENCE)
            .until(() -> cluster.count(topics.views(), "read_committed") >= 4 * IMAGES);
        last.terminate();
      } finally {
        last.close();
      }

      // then
      Set<String> lineages = new HashSet<>();
      List<AugmentedView> views = cluster.views(topics.views());
      views.forEach(view -> lineages.add(view.getLineage().toString()));
      assertThat(views).hasSize(4 * IMAGES);
      assertThat(lineages).hasSize(4 * IMAGES);
      assertThat(cluster.read(topics.deadLetters(), "read_committed")).hasSize(1);
    }
  }

  @Test
  void shouldEndWithOneClearMessageWhenThePolicyIsBad() throws Exception {
    // given
    Path config = directory.resolve("bad.yaml");
    Files.writeString(
        config,
        """
        kafka: {bootstrap.servers: "localhost:1"}
        policy: {output: {height: 28, width: 28}, operations: [{rotate: {degrees: 15, p: 2}}]}
        """);

    // when
    JavaProcess process = AugmenterProcess.start(config);
    int code = process.awaitEnd();
    String output = process.output();

    // then
    assertThat(code).isEqualTo(2);
    assertThat(output)
        .contains("policy.operations[0].rotate.p: must be from 0 to 1, was 2")
        .doesNotContain("\tat ");
  }

  private static int uncommitted(AugmenterTestCluster cluster, AugmenterTopics topics) {
    return cluster.count(topics.views(), "read_uncommitted");
  }

  private Path write(Map<String, String> kafka, AugmenterTopics topics) throws IOException {
    Map<String, String> settings = new TreeMap<>(kafka);
    settings.put("group.instance.id", "one");
    StringBuilder yaml = new StringBuilder("kafka:\n");
    settings.forEach((key, value) -> yaml.append("  " + key + ": \"" + value + "\"\n"));
    yaml.append(
        """
        topics: {images: %s, views: %s, dead-letters: %s}
        state-dir: %s
        policy:
          output: {height: 28, width: 28, channels: 1}
          operations: [{rotate: {degrees: 15}}, {translate: {pixels: 2}}]
        management: {host: 127.0.0.1, port: 0}
        """
            .formatted(
                topics.images(), topics.views(), topics.deadLetters(), directory.resolve("state")));
    return Files.writeString(directory.resolve("augmenter.yaml"), yaml);
  }
}
