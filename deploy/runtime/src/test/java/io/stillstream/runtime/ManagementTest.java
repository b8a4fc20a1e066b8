package io.stillstream.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.stillstream.runtime.Health.Check;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ManagementTest {
  private final PrometheusMeterRegistry registry = Metrics.registry();
  private final AtomicReference<Health> health = new AtomicReference<>(Health.of());
  private final Management management =
      Management.start(
          new ManagementSettings("127.0.0.1", 0),
          registry,
          health::get,
          Map.of("name", "sample", "version", "1.2"));
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    management.close();
    registry.close();
  }

  @Test
  void shouldAnswerForLifeAndReadinessWithEveryCheck() throws Exception {
    // given
    health.set(
        Health.of(
            Check.liveness("loop", true, "runs"), Check.readiness("registry", false, "away")));

    // when
    HttpResponse<String> live = get("/health/live");
    HttpResponse<String> ready = get("/health/ready");

    // then
    assertThat(live.statusCode()).isEqualTo(200);
    assertThat(ready.statusCode()).isEqualTo(503);
    assertThat(live.headers().firstValue("Content-Type")).hasValue("application/json");
    JsonNode body = new ObjectMapper().readTree(ready.body());
    assertThat(body.path("status").asText()).isEqualTo("DOWN");
    assertThat(body.at("/checks/0/name").asText()).isEqualTo("loop");
    assertThat(body.at("/checks/1/kind").asText()).isEqualTo("READINESS");
    assertThat(body.at("/checks/1/ok").asBoolean(true)).isFalse();
    assertThat(body.at("/checks/1/detail").asText()).isEqualTo("away");
  }

  @Test
  void shouldNotBeReadyWhenNotAlive() throws Exception {
    // given
    health.set(Health.of(Check.liveness("loop", false, "stalled")));

    // then
    assertThat(get("/health/live").statusCode()).isEqualTo(503);
    assertThat(get("/health/ready").statusCode()).isEqualTo(503);
  }

  @Test
  void shouldServeMetricsForPrometheus() throws Exception {
    // given
    Metrics.ageTimer(registry, "augmenter").record(Duration.ofMillis(20));

    // when
    HttpResponse<String> response = get("/metrics");

    // then
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type"))
        .hasValue("text/plain; version=0.0.4; charset=utf-8");
    assertThat(response.body())
        .contains(
            "pipeline_age_seconds_bucket{stage=\"augmenter\",le=\"0.01\"} 0",
            "pipeline_age_seconds_bucket{stage=\"augmenter\",le=\"0.025\"} 1",
            "pipeline_age_seconds_bucket{stage=\"augmenter\",le=\"3600.0\"} 1",
            "jvm_memory_used_bytes",
            "jvm_threads_live_threads",
            "process_uptime_seconds",
            "process_cpu_usage");
  }

  @Test
  void shouldSayWhatRuns() throws Exception {
    // when
    JsonNode info = new ObjectMapper().readTree(get("/info").body());

    // then
    assertThat(info.path("name").asText()).isEqualTo("sample");
    assertThat(info.path("version").asText()).isEqualTo("1.2");
    assertThat(info.path("java").asText()).startsWith(Runtime.version().feature() + "");
    assertThat(Instant.parse(info.path("started").asText())).isBeforeOrEqualTo(Instant.now());
  }

  @Test
  void shouldAnswerOnlyGetAndHeadOfKnownPaths() throws Exception {
    // given
    management.addHandler("/extra", exchange -> exchange.sendResponseHeaders(204, -1));

    // then
    assertThat(get("/extra").statusCode()).isEqualTo(204);
    assertThat(get("/").statusCode()).isEqualTo(404);
    assertThat(get("/health").statusCode()).isEqualTo(404);
    assertThat(get("/metrics/more").statusCode()).isEqualTo(404);
    assertThat(send("POST", "/metrics").statusCode()).isEqualTo(405);
    assertThat(send("DELETE", "/extra").headers().firstValue("Allow")).hasValue("GET, HEAD");
    HttpResponse<String> head = send("HEAD", "/health/ready");
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.headers().firstValueAsLong("Content-Length").orElse(0)).isPositive();
  }

  @Test
  void shouldGoOnAfterAFailedRequest() throws Exception {
    // given
    management.addHandler(
        "/broken",
        exchange -> {
          throw new IllegalStateException("deliberately broken");
        });

    // then
    for (int i = 0; i < 5; i++) {
      assertThat(get("/broken").statusCode()).isEqualTo(500);
    }
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
  }

  @Test
  void shouldNameAPortThatIsTaken() {
    // given
    ManagementSettings taken = new ManagementSettings("127.0.0.1", management.port());

    // then
    assertThatThrownBy(() -> Management.start(taken, registry, health::get, Map.of()))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("management.port: cannot listen on 127.0.0.1:" + management.port());
  }

  private HttpResponse<String> get(String path) throws Exception {
    return send("GET", path);
  }

  private HttpResponse<String> send(String method, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + management.port() + path);
    return client.send(
        HttpRequest.newBuilder(uri)
            .timeout(Duration.ofSeconds(20))
            .method(method, BodyPublishers.noBody())
            .build(),
        BodyHandlers.ofString());
  }
}
