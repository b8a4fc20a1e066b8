package io.stillstream.teacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.stillstream.runtime.ManagementSettings;
import io.stillstream.runtime.Settings;
import io.stillstream.runtime.StartupException;
import io.stillstream.teacher.LabelerConfig.BatchSettings;
import io.stillstream.teacher.LabelerConfig.TopicNames;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LabelerConfigTest {
  @Test
  void shouldNeedLittle() {
    // when
    LabelerConfig config =
        parse("{kafka: {bootstrap.servers: 'localhost:9092'}, teacher: models/t}");

    // then
    assertThat(config)
        .isEqualTo(
            new LabelerConfig(
                Map.of("bootstrap.servers", "localhost:9092"),
                new TopicNames("views", "labeled-views", "dead-letters"),
                "teacher-labeler",
                "0",
                Path.of("models/t"),
                new BatchSettings(128, Duration.ofMillis(50)),
                Duration.ofMillis(200),
                1,
                new ManagementSettings("0.0.0.0", 9402)));
  }

  @Test
  void shouldBindEveryKey() {
    // when
    LabelerConfig config =
        parse(
            """
            kafka: {bootstrap.servers: "b:1", schema.registry.url: "http://r:2"}
            topics: {views: v, labeled-views: l, dead-letters: d}
            group-id: g
            instance-id: "3"
            teacher: /t
            batch: {max-size: 7, max-delay: 1s}
            commit-interval: 2s
            threads: 4
            management: {host: 127.0.0.1, port: 0}
            """);

    // then
    assertThat(config)
        .isEqualTo(
            new LabelerConfig(
                Map.of("bootstrap.servers", "b:1", "schema.registry.url", "http://r:2"),
                new TopicNames("v", "l", "d"),
                "g",
                "3",
                Path.of("/t"),
                new BatchSettings(7, Duration.ofSeconds(1)),
                Duration.ofSeconds(2),
                4,
                new ManagementSettings("127.0.0.1", 0)));
    assertThat(config.transactionalId()).isEqualTo("g-3");
  }

  @Test
  void shouldTellAllErrorsAtOnce() {
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(
            () ->
                parse(
                    """
                    kafka: {bootstrap.servers: "b:1"}
                    techer: /t
                    batch: {max-size: 0}
                    threads: many
                    """))
        .withMessageContaining("techer: unknown key; did you mean teacher?")
        .withMessageContaining("teacher: is required")
        .withMessageContaining("batch.max-size: must be at least 1, was 0")
        .withMessageContaining("threads: ");
  }

  @Test
  void shouldRejectAnIntervalThatComesNearTheTransactionTimeout() {
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(
            () -> parse("{kafka: {bootstrap.servers: 'b:1'}, teacher: t, commit-interval: 30s}"))
        .withMessageContaining("commit-interval: must be between 0s and 20s, was 30000ms");
  }

  @Test
  void shouldAcceptTheSample() {
    // when
    LabelerConfig config =
        Settings.load(Path.of("../deploy/config/labeler.yaml"), LabelerConfig.class, Map.of());

    // then
    assertThat(config.kafka())
        .containsEntry("bootstrap.servers", "localhost:9092")
        .containsEntry("schema.registry.url", "http://localhost:8081");
    assertThat(config.instanceId()).isEqualTo("0");
    assertThat(config.teacher()).isEqualTo(Path.of("deploy/models/fashion-mnist-resnet16"));
  }

  private static LabelerConfig parse(String yaml) {
    return Settings.parse(yaml, LabelerConfig.class, Map.of());
  }
}
