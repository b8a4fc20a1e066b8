package io.stillstream.local.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.stillstream.containers.prometheus.PrometheusServer;
import io.stillstream.containers.prometheus.PrometheusTool;
import io.stillstream.containers.tools.ExternalTool;
import io.stillstream.containers.tools.RequiresTool;
import io.stillstream.local.broker.StateDirectory;
import io.stillstream.local.data.IdxLabeledImages;
import io.stillstream.local.demo.pipeline.DemoPipeline;
import io.stillstream.local.demo.settings.DemoSettings;
import io.stillstream.local.demo.settings.PersistedDemoSettings;
import io.stillstream.local.ingest.ImageSender;
import io.stillstream.runtime.lookup.TopicReader;
import io.stillstream.runtime.records.TraceContext;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.topics.Topics;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The demo's pipeline as an operator sees it: every metric that a rule or a dashboard names is
 * there, and a real Prometheus takes all of it.
 */
class MonitoringIT {
  private static final int BATCH = 32;
  private static final int VIEWS = 4;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final TraceContext TRACE =
      TraceContext.parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "v=1")
          .orElseThrow();

  /** Made by Prometheus itself. */
  private static final Set<String> PROMETHEUS_OWN = Set.of("up", "ALERTS");

  /**
   * Not there until something went wrong: without a value there is no line on the dashboard, and
   * nothing to alert on.
   */
  private static final Set<String> ONLY_AFTER_A_FAILURE = Set.of("teacher_batch_cap");

  /** Of segmentations and embeddings: this student classifies. */
  private static final Set<String> OF_OTHER_TASKS =
      Set.of(
          "student_prequential_mean_iou",
          "student_prequential_pixel_accuracy",
          "student_prequential_teacher_mean_iou",
          "student_teacher_agreement_mean_iou",
          "student_teacher_agreement_pixels",
          "student_class_iou",
          "student_held_out_mean_iou",
          "student_held_out_pixel_accuracy",
          "student_prequential_cosine",
          "student_held_out_cosine");

  private static final Pattern OWN_FAMILIES =
      Pattern.compile("(# \\w+ )?(augmenter|teacher|student|stillstream)_?.*");

  @TempDir static Path directory;
  private static StateDirectory state;
  private static DemoPipeline pipeline;
  private static IdxLabeledImages images;
  private static ImageSender sender;
  private static int sent;

  @BeforeAll
  static void start() {
    DemoSettings settings =
        new DemoSettings(
            Path.of("../..").toAbsolutePath().normalize(),
            new PersistedDemoSettings(
                "classification", VIEWS, "cnn", "", 1, "", "fashion-mnist-mild", "", 1.0),
            OptionalLong.empty(),
            true,
            new DemoSettings.Ports(0, 0, 0),
            false);
    state = StateDirectory.open(directory.resolve("demo"));
    pipeline = DemoPipeline.start(settings, state);
    images =
        IdxLabeledImages.load(
            settings.home().resolve("deploy/data/fashion-mnist"), IdxLabeledImages.Split.TRAIN);
    sender =
        new ImageSender(pipeline.clients(), Topics.IMAGES, pipeline.meters(), Optional.of(TRACE));
    sendAndAwait(2 * BATCH);
  }

  @AfterAll
  static void stop() {
    try {
      sender.close();
      pipeline.close();
    } finally {
      state.close();
    }
  }

  @Test
  void shouldHaveEveryMetricThatRulesAndDashboardsName() throws Exception {
    // given
    Set<String> there = names(scrape());
    Map<String, Set<String>> absent = new TreeMap<>();
    MonitoringFiles.expressions()
        .forEach(
            (where, expression) -> {
              Set<String> metrics = new TreeSet<>(PromQlMetrics.metrics(expression));
              metrics.removeIf(metric -> metric.contains(":"));
              metrics.removeAll(PROMETHEUS_OWN);
              metrics.removeAll(ONLY_AFTER_A_FAILURE);
              metrics.removeAll(OF_OTHER_TASKS);
              metrics.removeAll(there);
              if (!metrics.isEmpty()) {
                absent.put(where, metrics);
              }
            });

    // then
    assertThat(absent).isEmpty();
    assertThat(there)
        .as("no failure has happened")
        .doesNotContainAnyElementsOf(ONLY_AFTER_A_FAILURE)
        .as("a classification has its own scores alone")
        .doesNotContainAnyElementsOf(OF_OTHER_TASKS);
  }

  @Test
  void shouldShowCountersOfFailuresBeforeTheFirst() throws Exception {
    assertThat(scrape().lines())
        .contains(
            "student_rollbacks_total{reason=\"loss_spike\",student=\"cnn\"} 0.0",
            "stillstream_dead_letters_total{reason=\"failed\",service=\"augmenter\"} 0.0",
            "stillstream_dead_letters_total{reason=\"inference\",service=\"teacher-labeler\"} 0.0",
            "stillstream_dead_letters_total{reason=\"malformed\",service=\"student-trainer\"} 0.0",
            "stillstream_registry_unavailable_total 0.0",
            "teacher_load_failures_total 0.0",
            "stillstream_health_check{check=\"augmenter.broker\"} 1.0",
            "stillstream_health_check{check=\"labeler.registry\"} 1.0",
            "stillstream_health_check{check=\"trainer.disk\"} 1.0",
            "stillstream_health_ready 1.0");
  }

  @Test
  void shouldHandOnTheTraceFromIngestToTheStep() {
    // when
    List<Optional<TraceContext>> traces = new ArrayList<>();
    for (String topic : List.of(Topics.IMAGES, Topics.VIEWS, Topics.LABELED_VIEWS)) {
      try (TopicReader reader = new TopicReader(pipeline.clients(), topic)) {
        reader.readAll(
            record -> traces.add(TraceContext.of(new RecordHeaders(record.headers().toArray()))));
      }
    }

    // then
    assertThat(traces)
        .hasSizeGreaterThanOrEqualTo(2 * BATCH * (1 + 2 * VIEWS))
        .containsOnly(Optional.of(TRACE));
    // The ledger is written with checkpoints.
    await()
        .untilAsserted(
            () ->
                assertThat(Files.readAllLines(directory.resolve("demo/trainer/ledger.jsonl")))
                    .anyMatch(line -> line.contains("\"traces\":[\"" + TRACE.traceId() + "\"]")));
  }

  @Test
  @RequiresTool(ExternalTool.PROMETHEUS)
  void shouldPassTheChecksOfPromtool() throws Exception {
    Path folder = MonitoringFiles.PROMETHEUS;
    PrometheusTool.PROMTOOL.check(
        "", "check", "config", folder.resolve("prometheus.yml").toString());
    PrometheusTool.PROMTOOL.check(
        "", arguments(List.of("check", "rules"), folder.resolve("rules")));
    PrometheusTool.PROMTOOL.check("", arguments(List.of("test", "rules"), folder.resolve("tests")));
    // Kafka's and the JVM's meters have names of their own makers, which promtool does not like.
    PrometheusTool.PROMTOOL.check(
        scrape()
            .lines()
            .filter(line -> OWN_FAMILIES.matcher(line).matches())
            .collect(Collectors.joining("\n", "", "\n")),
        "check",
        "metrics");
  }

  @Test
  @RequiresTool(ExternalTool.PROMETHEUS)
  void shouldBeWatchedByARealPrometheus() throws Exception {
    // given
    Path folder = Files.createDirectory(directory.resolve("prometheus"));
    String endpoint = URI.create(pipeline.managementUrl()).getAuthority();
    Map<String, String> endpoints =
        Stream.of("augmenter", "labeler", "trainer", "page")
            .collect(Collectors.toMap(job -> job, job -> endpoint));
    try (PrometheusServer prometheus =
        PrometheusServer.start(
            folder, MonitoringFiles.PROMETHEUS, endpoints, UnaryOperator.identity())) {
      await().until(prometheus::isReady);
      await().untilAsserted(() -> assertUp(prometheus.data("targets").path("activeTargets")));

      // when
      sendAndAwait(BATCH);

      // then
      await().until(() -> value(prometheus, "stillstream:images:rate5m") > 0);
      await().until(() -> value(prometheus, "stillstream:steps:rate5m") > 0);
      await().until(() -> value(prometheus, "stillstream:age_seconds:p99_5m") > 0);
      assertThat(prometheus.data("rules").path("groups"))
          .flatExtracting(group -> MonitoringFiles.elements(group.path("rules")).toList())
          .hasSize(MonitoringFiles.alerts().size() + MonitoringFiles.recordings().size())
          .allSatisfy(rule -> assertThat(rule.path("lastError").asText()).isEmpty());
      for (Map.Entry<String, String> expression : MonitoringFiles.expressions().entrySet()) {
        assertThat(prometheus.query(expression.getValue()).isArray())
            .as(expression.getKey())
            .isTrue();
      }
      assertThat(prometheus.query("ALERTS{alertstate=\"firing\"}")).isEmpty();
    }
  }

  private static void assertUp(JsonNode targets) {
    assertThat(targets)
        .extracting(target -> target.path("health").asText())
        .containsExactly("up", "up", "up", "up");
  }

  private static double value(PrometheusServer prometheus, String expression) throws Exception {
    JsonNode samples = prometheus.query(expression);
    return samples.isEmpty() ? Double.NaN : samples.get(0).path("value").get(1).asDouble();
  }

  private static void sendAndAwait(int count) {
    for (int i = 0; i < count; i++) {
      sender.send(
          ImageEvent.newBuilder()
              .setImageId("image-" + sent)
              .setSource("watch-it")
              .setCapturedAt(Instant.now())
              .setContentType("image/png")
              .setPayload(images.png(sent))
              .setLabel(images.label(sent))
              .build());
      sent++;
    }
    sender.flush();
    await()
        .failFast(() -> pipeline.failure().isPresent())
        .until(() -> pipeline.trainer().viewsSeen() == (long) sent * VIEWS);
  }

  private static String scrape() throws Exception {
    HttpResponse<String> response =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(pipeline.managementUrl() + "/metrics")).build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(200);
    return response.body();
  }

  private static Set<String> names(String scrape) {
    return scrape
        .lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split("[{ ]", 2)[0])
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String[] arguments(List<String> command, Path folder) throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return Stream.concat(command.stream(), files.map(Path::toString).sorted())
          .toArray(String[]::new);
    }
  }

  private static ConditionFactory await() {
    return Awaitility.await().atMost(PATIENCE);
  }
}
