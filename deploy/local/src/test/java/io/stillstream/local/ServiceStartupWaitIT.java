package io.stillstream.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stillstream.augmenter.AugmenterMain;
import io.stillstream.embedded.LoopbackPorts;
import io.stillstream.embedded.kafka.EmbeddedKafka;
import io.stillstream.embedded.process.JavaProcess;
import io.stillstream.embedded.process.ServiceProcess;
import io.stillstream.labeler.LabelerMain;
import io.stillstream.local.topics.TopicsAdmin;
import io.stillstream.page.PageMain;
import io.stillstream.schemas.topics.Topics;
import io.stillstream.trainer.TrainerMain;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every service's main as a process that starts before what it needs is there. */
class ServiceStartupWaitIT {
  private static final Path MODELS = Path.of("../models").toAbsolutePath().normalize();
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int TERMINATED = 143;

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      classes = {AugmenterMain.class, LabelerMain.class, TrainerMain.class, PageMain.class})
  void shouldBeLiveAndNotReadyAndEndAtOnceWhileItWaits(Class<?> main) throws Exception {
    // given
    int port = LoopbackPorts.freePair("kafka and registry")[0];
    ServiceProcess service = start(main, "127.0.0.1:" + port);
    try {
      // when
      await()
          .atMost(PATIENCE)
          .failFast("it ended", () -> !service.process().isAlive())
          .until(() -> service.health().contains("no broker answers at 127.0.0.1:" + port));
      // then
      assertThat(service.isLive()).contains(true);
      assertThat(service.isReady()).isFalse();
      assertThat(service.process().lines())
          .filteredOn(line -> line.contains("the start waits"))
          .first()
          .asString()
          .contains("no broker answers at 127.0.0.1:" + port)
          .contains("left");
      assertThat(service.process().terminate()).isEqualTo(TERMINATED);
    } finally {
      service.process().close();
    }
  }

  @Test
  void shouldGoOnWhenBrokerAndTopicsCome() throws Exception {
    // given
    int port = LoopbackPorts.freePair("kafka and registry")[0];
    String servers = "127.0.0.1:" + port;
    ServiceProcess service = start(AugmenterMain.class, servers);
    try {
      awaitHealth(service, "no broker answers at " + servers);
      // when
      try (EmbeddedKafka kafka = EmbeddedKafka.start(directory.resolve("kafka"), port);
          TopicsAdmin admin = new TopicsAdmin(clients(kafka.bootstrapServers()))) {
        // then
        awaitHealth(service, "topics: there is no topic images at " + servers);
        // when
        admin.create(
            Topics.catalogue().stream().map(spec -> spec.withPartitions(1)).toList(),
            Optional.of(1));
        // then
        await().atMost(PATIENCE).until(service::isReady);
        assertThat(service.process().terminate()).isEqualTo(TERMINATED);
      }
    } finally {
      service.process().close();
    }
  }

  private static void awaitHealth(ServiceProcess service, String words) {
    await()
        .atMost(PATIENCE)
        .failFast("it ended", () -> !service.process().isAlive())
        .until(() -> service.health().contains(words));
  }

  private static Map<String, String> clients(String servers) {
    return Map.of("bootstrap.servers", servers, "schema.registry.url", "http://127.0.0.1:1");
  }

  private ServiceProcess start(Class<?> main, String servers) throws Exception {
    String common =
        """
        kafka: {bootstrap.servers: "%s", schema.registry.url: "http://127.0.0.1:1"}
        management: {host: 127.0.0.1, port: 0}
        """
            .formatted(servers);
    Path file = Files.writeString(directory.resolve("service.yaml"), common + own(main));
    JavaProcess process = MainProcess.start(main, "--config", file.toString());
    return new ServiceProcess(process, HttpClient.newHttpClient(), OptionalInt.empty());
  }

  private String own(Class<?> main) {
    List<String> lines =
        main == AugmenterMain.class
            ? List.of(
                "state-dir: " + directory.resolve("streams"),
                "policy: {seed: 1, views: 2, output: {height: 28, width: 28, channels: 1}}")
            : main == LabelerMain.class
                ? List.of("teacher: " + MODELS.resolve("fashion-mnist-resnet16"))
                : main == PageMain.class
                    ? List.of("trainer: {url: 'http://127.0.0.1:1'}")
                    : List.of(
                        "student: " + MODELS.resolve("cnn"),
                        "directory: " + directory.resolve("trainer"));
    return String.join("\n", lines) + "\n";
  }
}
