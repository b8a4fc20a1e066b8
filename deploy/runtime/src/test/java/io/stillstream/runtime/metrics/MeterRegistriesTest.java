package io.stillstream.runtime.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A collector on this machine takes what is sent, and the protobuf classes of OTLP decode it. */
final class MeterRegistriesTest {
  /** One request, and the header that was asked for. */
  private record Received(String team, ExportMetricsServiceRequest request) {}

  private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
  private HttpServer collector;

  @BeforeEach
  void listen() throws IOException {
    collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext("/v1/metrics", this::take);
    collector.start();
  }

  @AfterEach
  void stop() {
    collector.stop(0);
  }

  @Test
  void shouldSendToACollectorAndShowTheSame() throws Exception {
    // given
    MetricsSettings settings =
        YamlSettings.parse(
            """
            otlp:
              url: http://127.0.0.1:%d/v1/metrics
              step: 1s
              headers: {x-team: pictures}
              resource-attributes: {deployment.environment: test}
            """
                .formatted(collector.getAddress().getPort()),
            MetricsSettings.class,
            Map.of());
    try (MeterRegistries registries = MeterRegistries.open(settings, "augmenter")) {
      // when
      Counter.builder("augmenter.images").register(registries.all()).increment(3);
      Timer.builder("augmenter.duration")
          .serviceLevelObjectives(Duration.ofMillis(1), Duration.ofMillis(10))
          .register(registries.all())
          .record(Duration.ofMillis(5));

      // then
      Received first = received.poll(60, TimeUnit.SECONDS);
      assertThat(first).isNotNull();
      assertThat(first.team()).isEqualTo("pictures");
      ResourceMetrics metrics = first.request().getResourceMetrics(0);
      assertThat(metrics.getResource().getAttributesList())
          .extracting(KeyValue::getKey, pair -> pair.getValue().getStringValue())
          .contains(tuple("service.name", "augmenter"), tuple("deployment.environment", "test"));
      List<Metric> all = metrics.getScopeMetrics(0).getMetricsList();
      Metric images = named(all, "augmenter.images");
      assertThat(images.getSum().getDataPoints(0).getAsDouble()).isEqualTo(3);
      assertThat(images.getSum().getAggregationTemporality())
          .isEqualTo(AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE);
      HistogramDataPoint duration =
          named(all, "augmenter.duration").getHistogram().getDataPoints(0);
      assertThat(duration.getSum()).isEqualTo(0.005);
      assertThat(duration.getExplicitBoundsList()).contains(0.001, 0.01);
      assertThat(named(all, "jvm.memory.used").getGauge().getDataPointsCount()).isPositive();
      assertThat(registries.prometheus().scrape())
          .contains("augmenter_images_total 3.0", "jvm_memory_used_bytes");
    }
  }

  @Test
  void shouldSendNothingUnlessAsked() {
    // when
    PrometheusMeterRegistry prometheus;
    try (MeterRegistries registries =
        MeterRegistries.open(MetricsSettings.ofEndpoint(), "augmenter")) {
      // then
      prometheus = registries.prometheus();
      assertThat(registries.all()).isSameAs(prometheus);
      assertThat(prometheus.scrape()).contains("jvm_memory_used_bytes");
    }
    assertThat(prometheus.isClosed()).isTrue();
    assertThat(received).isEmpty();
  }

  @Test
  void shouldRefuseWhatIsNoCollector() {
    assertThatThrownBy(
            () ->
                YamlSettings.parse(
                    "otlp: {url: localhost:4318, step: 10ms}", MetricsSettings.class, Map.of()))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("otlp.url: must begin with http:// or https:// and name a host")
        .hasMessageContaining("otlp.step: must be at least 1s, was 10ms");
  }

  @Test
  void shouldTakeNoUserThatWouldBeLogged() {
    assertThatThrownBy(
            () ->
                YamlSettings.parse(
                    "otlp: {url: 'http://ann:hunter2@c:4318/v1/metrics'}",
                    MetricsSettings.class,
                    Map.of()))
        .hasMessageContaining("otlp.url: must hold no user; headers.authorization is for")
        .message()
        .doesNotContain("hunter2");
  }

  @Test
  void shouldShowNoHeader() {
    // given
    MetricsSettings settings =
        new MetricsSettings(
            Optional.of(
                new MetricsSettings.Otlp(
                    collectorUrl(),
                    Duration.ofSeconds(1),
                    MetricsSettings.Temporality.CUMULATIVE,
                    Map.of("x-team", "hush"),
                    Map.of())));

    // then
    assertThat(YamlSettings.effective(settings)).contains("x-team").doesNotContain("hush");
  }

  private URI collectorUrl() {
    return URI.create("http://127.0.0.1:" + collector.getAddress().getPort() + "/v1/metrics");
  }

  private static Metric named(List<Metric> metrics, String name) {
    return metrics.stream()
        .filter(metric -> metric.getName().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " was not sent"));
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      boolean packed = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
      try (InputStream body =
          packed ? new GZIPInputStream(exchange.getRequestBody()) : exchange.getRequestBody()) {
        received.add(
            new Received(
                exchange.getRequestHeaders().getFirst("x-team"),
                ExportMetricsServiceRequest.parseFrom(body)));
      }
      exchange.sendResponseHeaders(200, -1);
    }
  }
}
