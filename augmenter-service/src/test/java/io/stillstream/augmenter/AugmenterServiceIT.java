package io.stillstream.augmenter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.augmenter.config.AugmenterConfig.AugmenterTopics;
import io.stillstream.augmenter.fetch.FetchSettings;
import io.stillstream.augmenter.policy.PolicyYaml;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.health.Health;
import io.stillstream.runtime.http.ManagementSettings;
import io.stillstream.runtime.metrics.MetricsSettings;
import io.stillstream.runtime.startup.StartSettings;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Lineage;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AugmenterServiceIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(90);
  private static final String POLICY =
      """
      views: 4
      output: {height: 28, width: 28, channels: 1}
      operations: [{rotate: {degrees: 15}}, {translate: {pixels: 2}}, horizontal_flip]
      """;

  @TempDir private static Path directory;
  private static AugmenterTestCluster cluster;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @BeforeAll
  static void startCluster() {
    cluster = new AugmenterTestCluster(directory);
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
  }

  @Test
  @Tag("test-environment")
  void shouldWriteEveryViewOnceWithTwoThreadsAndSendBadRecordsToDeadLetters() throws Exception {
    // given
    AugmenterTopics topics = cluster.topics("once");
    cluster.sendImages(topics.images(), 0, 150);
    cluster.send(topics.images(), List.of(bytes("not Avro"), bytes("neither")));
    cluster.sendImages(topics.images(), 150, 150);

    // when
    try (AugmenterService service = start(topics, 2, Map.of())) {
      await().atMost(TIMEOUT).until(() -> cluster.count(topics.views(), "read_committed") >= 1200);

      // then
      assertThat(service.health().live()).isTrue();
      await().atMost(TIMEOUT).until(() -> service.health().ready());
      assertThat(meters.find("kafka.consumer.fetch.manager.records.lag.max").gauges()).isNotEmpty();
      Gauge stable =
          meters.get("stillstream.last.stable.offset.lag").tag("topic", topics.images()).gauge();
      await().atMost(TIMEOUT).until(() -> stable.value() == 0);
    }
    assertExactly(topics, 300);
    assertThat(cluster.read(topics.deadLetters(), "read_committed"))
        .extracting(deadLetter -> new String(deadLetter.value(), StandardCharsets.UTF_8))
        .containsExactlyInAnyOrder("not Avro", "neither");
    assertThat(meters.counter("augmenter.images").count()).isEqualTo(300);
    assertThat(meters.counter("augmenter.rejected", "reason", "malformed").count()).isEqualTo(2);
    assertThat(meters.find("kafka.consumer.fetch.manager.records.lag.max").gauges())
        .as("closed with the service")
        .isEmpty();
  }

  @Test
  @Tag("test-environment")
  void shouldWaitForTheRegistryWithoutDeadLetters() throws Exception {
    // given
    AugmenterTopics topics = cluster.topics("registry");
    cluster.sendImages(topics.images(), 0, 20);
    cluster.stopRegistry();

    try (AugmenterService service = start(topics, 1, Map.of())) {
      await().atMost(TIMEOUT).until(() -> !isOk(service, "registry"));
      assertThat(service.health().ready()).isFalse();
      assertThat(service.health().live()).isTrue();
      assertThat(meters.get("augmenter.registry.waiting").gauge().value()).isEqualTo(1);

      // when
      cluster.startRegistry();

      // then
      await().atMost(TIMEOUT).until(() -> cluster.count(topics.views(), "read_committed") >= 80);
      await().atMost(TIMEOUT).until(() -> service.health().ready());
    }
    assertExactly(topics, 20);
    assertThat(cluster.read(topics.deadLetters(), "read_uncommitted")).isEmpty();
  }

  @Test
  void shouldReplaceTheThreadAfterALongRegistryOutageAndLoseNothing() throws Exception {
    // given: the registry is awaited for three seconds
    AugmenterTopics topics = cluster.topics("long-outage");
    cluster.sendImages(topics.images(), 0, 20);
    cluster.stopRegistry();

    try (AugmenterService service =
        start(topics, 1, Map.of("max.poll.interval.ms", "9000", "session.timeout.ms", "6000"))) {
      // when: the thread that waited has gone and another one waits
      await().atMost(TIMEOUT).until(() -> !isOk(service, "registry"));
      await().atMost(TIMEOUT).until(() -> isOk(service, "registry"));
      await().atMost(TIMEOUT).until(() -> !isOk(service, "registry"));
      assertThat(service.health().live()).isTrue();
      cluster.startRegistry();

      // then
      await().atMost(TIMEOUT).until(() -> cluster.count(topics.views(), "read_committed") >= 80);
    }
    assertExactly(topics, 20);
    assertThat(cluster.read(topics.deadLetters(), "read_uncommitted")).isEmpty();
  }

  @Test
  void shouldCloseQuicklyWhileItWaitsForTheRegistry() throws Exception {
    // given
    AugmenterTopics topics = cluster.topics("close");
    cluster.sendImages(topics.images(), 0, 3);
    cluster.stopRegistry();
    AugmenterService service = start(topics, 1, Map.of());
    try {
      await().atMost(TIMEOUT).until(() -> !isOk(service, "registry"));

      // when
      long start = System.nanoTime();
      service.close();

      // then
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(12));
      service.awaitStop();
    } finally {
      service.close();
      cluster.startRegistry();
    }
    assertThat(cluster.read(topics.views(), "read_uncommitted")).isEmpty();
  }

  @Test
  @Tag("test-environment")
  void shouldSurviveABrokerRestart(@TempDir Path own) throws Exception {
    // given
    try (AugmenterTestCluster restartable = new AugmenterTestCluster(own)) {
      AugmenterTopics topics = restartable.topics("restartable");
      restartable.sendImages(topics.images(), 0, 30);
      try (AugmenterService service = start(restartable, topics, 1, Map.of())) {
        await()
            .atMost(TIMEOUT)
            .until(() -> restartable.count(topics.views(), "read_committed") >= 120);

        // when
        restartable.restartBroker(
            () -> await().atMost(TIMEOUT).until(() -> !isOk(service, "broker")));
        restartable.sendImages(topics.images(), 30, 30);

        // then
        await()
            .atMost(TIMEOUT)
            .until(() -> restartable.count(topics.views(), "read_committed") >= 240);
        await().atMost(TIMEOUT).until(() -> service.health().ready());
      }
      assertExactly(restartable, topics, 60);
    }
  }

  @Test
  @Tag("test-environment")
  void shouldStopWithAnErrorWhenTheRegistryRejectsItsSchema() throws Exception {
    // given: the subject of the views has an incompatible schema
    AugmenterTopics topics = cluster.topics("refused");
    HttpRequest register =
        HttpRequest.newBuilder(
                URI.create(
                    cluster.kafka().get("schema.registry.url")
                        + "/subjects/views-refused-value/versions"))
            .header("Content-Type", "application/vnd.schemaregistry.v1+json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"schema\": \"\\\"string\\\"\"}"))
            .build();
    assertThat(
            HttpClient.newHttpClient()
                .send(register, HttpResponse.BodyHandlers.ofString())
                .statusCode())
        .isEqualTo(200);
    cluster.sendImages(topics.images(), 0, 3);

    // when
    try (AugmenterService service = start(topics, 1, Map.of())) {
      // then
      assertThatThrownBy(service::awaitStop)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("stream processing failed")
          .hasMessageContaining("views-refused");
      assertThat(service.health().live()).isFalse();
    }
    assertThat(cluster.read(topics.deadLetters(), "read_uncommitted")).isEmpty();
    assertThat(cluster.read(topics.views(), "read_uncommitted")).isEmpty();
  }

  @Test
  @Tag("test-environment")
  void shouldStartNothingWhenItIsClosedWhileItStarts() throws Exception {
    // given: a start that waits for its topics
    AugmenterTopics topics =
        new AugmenterTopics("", "images-stopped", "views-stopped", "dead-letters-stopped");
    AugmenterService service =
        new AugmenterService(config(cluster.kafka(), topics, 1), meters, TIMEOUT);
    CompletableFuture<Void> start = CompletableFuture.runAsync(service::start);

    // when
    service.close();
    cluster.topics("stopped");

    // then
    assertThatThrownBy(() -> start.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS))
        .hasCauseInstanceOf(StartupException.class)
        .hasMessageContaining("stopped while starting");
    service.awaitStop();
    await()
        .atMost(TIMEOUT)
        .untilAsserted(
            () ->
                assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .noneMatch(name -> name.contains("augmenter-images-stopped")));
  }

  @Test
  @Tag("test-environment")
  void shouldReportMissingTopicsAtTheStart() {
    // given
    Duration short_ = Duration.ofSeconds(2);
    AugmenterTopics none =
        new AugmenterTopics("", "images-none", "views-none", "dead-letters-none");
    Map<String, String> unreachable = new HashMap<>(cluster.kafka());
    unreachable.put("bootstrap.servers", "localhost:1");

    // then
    try (AugmenterService service =
        new AugmenterService(config(cluster.kafka(), none, 1), meters, short_)) {
      assertThatThrownBy(service::start)
          .isInstanceOf(StartupException.class)
          .hasMessageContaining("topics.images: there is no topic images-none")
          .hasMessageContaining("topics.views");
    }
    try (AugmenterService service =
        new AugmenterService(config(unreachable, none, 1), new SimpleMeterRegistry(), short_)) {
      assertThatThrownBy(service::start)
          .isInstanceOf(StartupException.class)
          .hasMessageContaining("kafka.bootstrap.servers: no broker answered at localhost:1");
    }
  }

  private AugmenterService start(AugmenterTopics topics, int threads, Map<String, String> more) {
    return start(cluster, topics, threads, more);
  }

  private AugmenterService start(
      AugmenterTestCluster at, AugmenterTopics topics, int threads, Map<String, String> more) {
    Map<String, String> kafka = new HashMap<>(at.kafka());
    kafka.put("auto.offset.reset", "earliest");
    kafka.putAll(more);
    AugmenterService service = new AugmenterService(config(kafka, topics, threads), meters);
    service.start();
    return service;
  }

  private static AugmenterConfig config(
      Map<String, String> kafka, AugmenterTopics topics, int threads) {
    return new AugmenterConfig(
        "augmenter-" + topics.images(),
        threads,
        directory.resolve("state"),
        1_000_000,
        100,
        StartSettings.defaults(),
        kafka,
        topics,
        new AugmenterConfig.RecentImageSettings(1 << 24, 256),
        FetchSettings.disabled(),
        PolicyYaml.tree(POLICY),
        new ManagementSettings("127.0.0.1", 0),
        MetricsSettings.ofEndpoint(),
        Optional.empty());
  }

  private static boolean isOk(AugmenterService service, String check) {
    return service.health().checks().stream()
        .filter(candidate -> candidate.name().equals(check))
        .allMatch(Health.Check::ok);
  }

  private static void assertExactly(AugmenterTopics topics, int count) {
    assertExactly(cluster, topics, count);
  }

  private static void assertExactly(AugmenterTestCluster at, AugmenterTopics topics, int count) {
    List<String> lineages = new ArrayList<>();
    for (AugmentedView view : at.views(topics.views())) {
      Lineage lineage = view.getLineage();
      lineages.add(
          lineage.getOriginPartition()
              + "@"
              + lineage.getOriginOffset()
              + "#"
              + lineage.getViewIndex());
    }
    assertThat(lineages).hasSize(4 * count).doesNotHaveDuplicates();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
