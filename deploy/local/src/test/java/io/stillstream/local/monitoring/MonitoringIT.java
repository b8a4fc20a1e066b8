package io.stillstream.local.monitoring;

import static io.stillstream.local.monitoring.MonitoredPipeline.BATCH;
import static io.stillstream.local.monitoring.MonitoredPipeline.TRACE;
import static io.stillstream.local.monitoring.MonitoredPipeline.VIEWS;
import static io.stillstream.local.monitoring.MonitoredPipeline.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.stillstream.containers.prometheus.PrometheusServer;
import io.stillstream.containers.prometheus.PrometheusTool;
import io.stillstream.containers.tools.ExternalTool;
import io.stillstream.containers.tools.RequiresTool;
import io.stillstream.local.version.DocumentedMetrics;
import io.stillstream.runtime.lookup.TopicReader;
import io.stillstream.runtime.records.TraceContext;
import io.stillstream.schemas.topics.Topics;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The demo's pipeline as an operator sees it: every metric that a rule or a dashboard names is
 * there, and a real Prometheus has an answer to each of their queries.
 */
class MonitoringIT {
  /** Made by Prometheus itself, or by the DCGM exporter. */
  private static final Set<String> OF_OTHERS =
      Set.of("up", "ALERTS", "DCGM_FI_DEV_FB_USED", "DCGM_FI_DEV_GPU_UTIL");

  /**
   * Not there until something went wrong: without a value there is no line on the dashboard, and
   * nothing to alert on.
   */
  private static final Set<String> ONLY_AFTER_A_FAILURE = Set.of("teacher_batch_cap");

  /**
   * Of segmentations and embeddings, images by reference, adaptive budgets, remote teachers and
   * lineage services.
   */
  private static final Set<String> OF_OTHER_SETTINGS =
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
          "student_held_out_cosine",
          "augmenter_fetch_bytes_held",
          "teacher_label_disagreement",
          "teacher_progress_rejected_total",
          "teacher_remote_retries_total",
          "stillstream_openlineage_events_total");

  private static final Pattern OWN_FAMILIES =
      Pattern.compile("(# \\w+ )?(augmenter|teacher|student|stillstream)_?.*");

  @TempDir static Path directory;
  private static MonitoredPipeline pipeline;

  /** Before anything went wrong. */
  private static String firstScrape;

  @BeforeAll
  static void start() throws Exception {
    pipeline = new MonitoredPipeline(directory.resolve("demo"));
    firstScrape = pipeline.scrape();
  }

  @AfterAll
  static void stop() {
    pipeline.close();
  }

  @Test
  void shouldHaveEveryMetricThatRulesAndDashboardsName() throws Exception {
    // given
    Set<String> there = names(pipeline.scrape());
    Map<String, Set<String>> absent = new TreeMap<>();
    MonitoringFiles.expressions()
        .forEach(
            (where, expression) -> {
              Set<String> metrics = new TreeSet<>(PromQlMetrics.metrics(expression));
              metrics.removeIf(metric -> metric.contains(":"));
              metrics.removeAll(OF_OTHERS);
              metrics.removeAll(ONLY_AFTER_A_FAILURE);
              metrics.removeAll(OF_OTHER_SETTINGS);
              metrics.removeAll(there);
              if (!metrics.isEmpty()) {
                absent.put(where, metrics);
              }
            });

    // then
    assertThat(absent).isEmpty();
    assertThat(there)
        .as("no device ran out of memory")
        .doesNotContainAnyElementsOf(ONLY_AFTER_A_FAILURE)
        .as("a classification has its own scores alone")
        .doesNotContainAnyElementsOf(OF_OTHER_SETTINGS);
  }

  @Test
  void shouldDocumentEveryMetricOfItsOwn() throws Exception {
    assertThat(
            DocumentedMetrics.undocumented(
                names(pipeline.scrape()).stream()
                    .filter(name -> OWN_FAMILIES.matcher(name).matches())))
        .isEmpty();
  }

  @Test
  void shouldShowCountersOfFailuresBeforeTheFirst() {
    assertThat(firstScrape.lines())
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
      try (TopicReader reader = new TopicReader(pipeline.running().clients(), topic)) {
        reader.readAll(
            record -> traces.add(TraceContext.of(new RecordHeaders(record.headers().toArray()))));
      }
    }

    // then
    assertThat(traces)
        .hasSizeGreaterThanOrEqualTo(pipeline.sent() * (1 + 2 * VIEWS))
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
  void shouldNameMetricsAsPrometheusWants() throws Exception {
    // Kafka's and the JVM's meters have names of their own makers, which promtool does not like.
    PrometheusTool.PROMTOOL.check(
        pipeline
            .scrape()
            .lines()
            .filter(line -> OWN_FAMILIES.matcher(line).matches())
            .collect(Collectors.joining("\n", "", "\n")),
        "check",
        "metrics");
  }

  @Test
  @RequiresTool(ExternalTool.PROMETHEUS)
  void shouldAnswerEveryQueryOfRulesAndDashboards() throws Exception {
    // given
    Map<String, String> queries = MonitoringFiles.queries();
    Set<String> expectedWithoutData = MonitoringFiles.queriesWithoutData();
    Path folder = Files.createDirectory(directory.resolve("prometheus"));
    String endpoint = URI.create(pipeline.running().managementUrl()).getAuthority();
    Map<String, String> endpoints =
        Stream.of("augmenter", "labeler", "trainer", "page")
            .collect(Collectors.toMap(job -> job, job -> endpoint));
    try (PrometheusServer prometheus =
        PrometheusServer.start(
            folder, MonitoringFiles.PROMETHEUS, endpoints, UnaryOperator.identity())) {
      await().until(prometheus::isReady);
      await().untilAsserted(() -> assertUp(prometheus.data("targets").path("activeTargets")));

      // when
      pipeline.sendImages(BATCH, true);
      pipeline.sendUnusualRecords();
      pipeline.predict();
      pipeline.sendImages(BATCH, false);

      // then: what Kafka's clients measure over the latest seconds alone had data once
      Set<String> withoutData = new TreeSet<>(queries.keySet());
      await()
          .untilAsserted(
              () -> {
                withoutData.removeAll(withData(prometheus, queries));
                assertThat(withoutData).isSubsetOf(expectedWithoutData);
              });
      assertThat(withoutData)
          .as("a query that is listed in queries-without-data.yaml has data")
          .containsExactlyInAnyOrderElementsOf(expectedWithoutData);

      // and
      assertThat(prometheus.data("rules").path("groups"))
          .flatExtracting(group -> MonitoringFiles.elements(group.path("rules")).toList())
          .hasSize(MonitoringFiles.alerts().size() + MonitoringFiles.recordings().size())
          .allSatisfy(rule -> assertThat(rule.path("lastError").asText()).isEmpty());
      assertThat(prometheus.query("ALERTS{alertstate=\"firing\"}")).isEmpty();
    }
  }

  /** The places of the queries that Prometheus answers with a number. */
  private static Set<String> withData(PrometheusServer prometheus, Map<String, String> queries)
      throws Exception {
    Set<String> places = new TreeSet<>();
    for (Map.Entry<String, String> query : queries.entrySet()) {
      for (JsonNode sample : prometheus.query(query.getValue())) {
        if (!Double.isNaN(sample.path("value").path(1).asDouble(Double.NaN))) {
          places.add(query.getKey());
        }
      }
    }
    return places;
  }

  private static void assertUp(JsonNode targets) {
    assertThat(targets)
        .extracting(target -> target.path("health").asText())
        .containsExactly("up", "up", "up", "up");
  }

  private static Set<String> names(String scrape) {
    return scrape
        .lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split("[{ ]", 2)[0])
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
