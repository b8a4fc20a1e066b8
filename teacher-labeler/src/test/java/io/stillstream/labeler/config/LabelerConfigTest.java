package io.stillstream.labeler.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.stillstream.labeler.config.LabelerConfig.BatchSettings;
import io.stillstream.labeler.config.LabelerConfig.ReloadSettings;
import io.stillstream.labeler.config.LabelerConfig.TopicNames;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.http.ManagementSettings;
import io.stillstream.runtime.metrics.MetricsSettings;
import io.stillstream.runtime.startup.StartSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
                new TopicNames("", "views", "labeled-views", "student-progress", "dead-letters"),
                "teacher-labeler",
                "0",
                Optional.of(new TeacherSettings(Path.of("models/t"), 1)),
                List.of(),
                new ReloadSettings(Duration.ofSeconds(10)),
                List.of(),
                new BatchSettings(128, Duration.ofMillis(50), List.of(), Duration.ofMinutes(1)),
                new LabelBudgetSettings(1, Optional.empty()),
                new AnswerSettings(Optional.empty()),
                Duration.ofMillis(200),
                1,
                new ManagementSettings("127.0.0.1", 9402),
                "auto",
                1,
                1,
                Path.of("/tmp/stillstream-labeler"),
                100,
                StartSettings.defaults(),
                MetricsSettings.ofEndpoint(),
                Optional.empty()));
  }

  @Test
  void shouldBindEveryKey() {
    // when
    LabelerConfig config =
        parse(
            """
            kafka: {bootstrap.servers: "b:1", schema.registry.url: "http://r:2"}
            topics: {views: v, labeled-views: l, student-progress: p, dead-letters: d}
            group-id: g
            instance-id: "3"
            teachers: [{path: /t, weight: 2}, u]
            reload: {every: 1s}
            libraries: [/l.so]
            batch: {max-size: 7, max-delay: 1s, buckets: [1, 8], grow-after: 2h}
            label:
              adaptive:
                min: 0.1
                max: 0.9
                target-disagreement: 0.2
                smoothing: 0.5
                stale-after: 1h
            labels: {top-k: 5}
            commit-interval: 2s
            threads: 4
            management: {host: 127.0.0.1, port: 0}
            devices: gpu0,gpu1
            streams-per-device: 2
            decode-threads: 3
            state-directory: /s
            max-consecutive-failures: 0
            start: {max-wait: 90s}
            metrics:
              otlp:
                url: http://o:4318/v1/metrics
                step: 10s
                temporality: delta
                headers: {x-team: a}
                resource-attributes: {deployment.environment: test}
            """);

    // then
    assertThat(config)
        .isEqualTo(
            new LabelerConfig(
                Map.of("bootstrap.servers", "b:1", "schema.registry.url", "http://r:2"),
                new TopicNames("", "v", "l", "p", "d"),
                "g",
                "3",
                Optional.empty(),
                List.of(
                    new TeacherSettings(Path.of("/t"), 2), new TeacherSettings(Path.of("u"), 1)),
                new ReloadSettings(Duration.ofSeconds(1)),
                List.of(Path.of("/l.so")),
                new BatchSettings(7, Duration.ofSeconds(1), List.of(1, 8), Duration.ofHours(2)),
                new LabelBudgetSettings(
                    1,
                    Optional.of(
                        new LabelBudgetSettings.Adaptive(0.1, 0.9, 0.2, 0.5, Duration.ofHours(1)))),
                new AnswerSettings(Optional.of(5)),
                Duration.ofSeconds(2),
                4,
                new ManagementSettings("127.0.0.1", 0),
                "gpu0,gpu1",
                2,
                3,
                Path.of("/s"),
                0,
                new StartSettings(Duration.ofSeconds(90)),
                new MetricsSettings(
                    Optional.of(
                        new MetricsSettings.Otlp(
                            URI.create("http://o:4318/v1/metrics"),
                            Duration.ofSeconds(10),
                            MetricsSettings.Temporality.DELTA,
                            Map.of("x-team", "a"),
                            Map.of("deployment.environment", "test")))),
                Optional.empty()));
    assertThat(config.transactionalId()).isEqualTo("g-3");
  }

  @Test
  void shouldPutThePrefixBeforeEveryDefaultName() {
    // when
    LabelerConfig config =
        parse(
            """
            kafka: {bootstrap.servers: "b:1"}
            teacher: t
            topics: {prefix: team-a.}
            label: {adaptive: {}}
            """);

    // then
    assertThat(config.topics())
        .isEqualTo(
            new TopicNames(
                "team-a.",
                "team-a.views",
                "team-a.labeled-views",
                "team-a.student-progress",
                "team-a.dead-letters"));
    assertThat(config.groupId()).isEqualTo("team-a.teacher-labeler");
    assertThat(config.transactionalId()).isEqualTo("team-a.teacher-labeler-0");
    assertThat(config.requiredAcls()).allMatch(acl -> acl.name().startsWith("team-a."));
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
  void shouldTakeOneTeacherOrAListOfThem() {
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> parse("{kafka: {bootstrap.servers: 'b:1'}}"))
        .withMessageContaining("teacher: is required, or a list of teachers");
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(
            () -> parse("{kafka: {bootstrap.servers: 'b:1'}, teacher: a, teachers: [a, b]}"))
        .withMessageContaining("teacher: must be left out where teachers are listed");
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(
            () -> parse("{kafka: {bootstrap.servers: 'b:1'}, teachers: [a, {path: b, weight: 0}]}"))
        .withMessageContaining("teachers[1].weight: must be positive, was 0.0");
    assertThat(parse("{kafka: {bootstrap.servers: 'b:1'}, teacher: a}").entries())
        .containsExactly(new TeacherSettings(Path.of("a"), 1));
  }

  @Test
  void shouldRejectANegativeInterval() {
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(
            () -> parse("{kafka: {bootstrap.servers: 'b:1'}, teacher: a, reload: {every: -1s}}"))
        .withMessageContaining("reload.every: must not be negative, was -1000ms");
  }

  @Test
  void shouldRejectWhatNoDeviceOrBatchCanBe() {
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(
            () ->
                parse(
                    """
                    kafka: {bootstrap.servers: "b:1"}
                    teacher: /t
                    batch: {max-size: 100, buckets: [8, 32]}
                    """))
        .withMessageContaining("batch.buckets: must reach max-size (100), was [8, 32]");
    assertRefused("batch: {buckets: [32, 8, 128]}", "batch.buckets: must be ascending");
    assertRefused("devices: tpu", "devices: must be auto, cpu or GPUs such as gpu0,gpu1, was tpu");
    assertRefused("streams-per-device: 0", "streams-per-device: must be at least 1, was 0");
    assertRefused("decode-threads: 0", "decode-threads: must be at least 1, was 0");
  }

  @Test
  void shouldFollowStudentsWithLittleSaid() {
    // when
    LabelerConfig config =
        parse("{kafka: {bootstrap.servers: 'b:1'}, teacher: t, label: {adaptive: {}}}");

    // then
    assertThat(config.label().adaptive())
        .contains(new LabelBudgetSettings.Adaptive(0.05, 1, 0.1, 0.3, Duration.ofMinutes(5)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{fraction: 1.5} | label.fraction: must be within 0 and 1, was 1.5",
        "{fraction: -0.1} | label.fraction: must be within 0 and 1, was -0.1",
        "{fraction: 0.5, adaptive: {}} | label.fraction: must not be given beside adaptive, was 0.5",
        "{adaptive: {min: 0}} | label.adaptive.min: must be above 0 and at most 1, was 0.0",
        "{adaptive: {min: 0.5, max: 0.4}} | label.adaptive.max: must be from min to 1, was 0.4",
        "{adaptive: {target-disagreement: 2}} | label.adaptive.target-disagreement: must be above 0",
        "{adaptive: {smoothing: 0}} | label.adaptive.smoothing: must be above 0 and at most 1",
        "{adaptive: {stale-after: 0s}} | label.adaptive.stale-after: must be positive, was 0ms"
      })
  void shouldRejectABudgetThatCannotBe(String label, String message) {
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(
            () -> parse("{kafka: {bootstrap.servers: 'b:1'}, teacher: t, label: " + label + "}"))
        .withMessageContaining(message);
  }

  @Test
  void shouldAcceptTheSample() {
    // when
    LabelerConfig config =
        YamlSettings.load(Path.of("../deploy/config/labeler.yaml"), LabelerConfig.class, Map.of());

    // then
    assertThat(config.kafka())
        .containsEntry("bootstrap.servers", "localhost:9092")
        .containsEntry("schema.registry.url", "http://localhost:8081");
    assertThat(config.instanceId()).isEqualTo("0");
    assertThat(config.teacher())
        .contains(new TeacherSettings(Path.of("deploy/models/fashion-mnist-resnet16"), 1));
  }

  @Test
  void shouldAcceptTheSampleOfATeacherOnAServer() {
    // when
    LabelerConfig config =
        YamlSettings.load(
            Path.of("../deploy/config/labeler-remote.yaml"), LabelerConfig.class, Map.of());

    // then
    RemoteTeacherSettings remote = config.entries().get(0).remote().orElseThrow();
    assertThat(remote.url()).hasToString("grpc://localhost:8001");
    assertThat(remote.model()).isEqualTo("fashion");
    assertThat(remote.directory()).isEqualTo(Path.of("deploy/models/fashion-mnist-resnet16"));
  }

  private static void assertRefused(String setting, String message) {
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(
            () -> parse("{kafka: {bootstrap.servers: 'b:1'}, teacher: t, %s}".formatted(setting)))
        .withMessageContaining(message);
  }

  private static LabelerConfig parse(String yaml) {
    return YamlSettings.parse(yaml, LabelerConfig.class, Map.of());
  }
}
