package io.stillstream.runtime.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.health.Health;
import io.stillstream.runtime.health.Health.Check;
import io.stillstream.runtime.http.HttpEndpoint.Reply;
import io.stillstream.runtime.metrics.MeterRegistries;
import io.stillstream.runtime.metrics.MetricsSettings;
import io.stillstream.runtime.metrics.PipelineAgeTimer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ManagementServerTest {
  private final MeterRegistries registries =
      MeterRegistries.open(MetricsSettings.ofEndpoint(), "test");
  private final PrometheusMeterRegistry registry = registries.prometheus();
  private final AtomicReference<Health> health = new AtomicReference<>(Health.of());
  private final ManagementServer management =
      ManagementServer.start(
          new ManagementSettings("127.0.0.1", 0),
          registry,
          health::get,
          Map.of("name", "sample", "version", "1.2"));
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    management.close();
    registries.close();
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
    new PipelineAgeTimer(registry, "augmenter").record(Duration.ofMillis(20));

    // when
    HttpResponse<String> response = get("/metrics");

    // then
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type"))
        .hasValue("text/plain; version=0.0.4; charset=utf-8");
    assertThat(response.body())
        .contains(
            "stillstream_pipeline_age_seconds_bucket{stage=\"augmenter\",le=\"0.01\"} 0",
            "stillstream_pipeline_age_seconds_bucket{stage=\"augmenter\",le=\"0.025\"} 1",
            "stillstream_pipeline_age_seconds_bucket{stage=\"augmenter\",le=\"3600.0\"} 1",
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
    // then
    assertThat(get("/info").statusCode()).isEqualTo(200);
    assertThat(get("/").statusCode()).isEqualTo(404);
    assertThat(get("/health").statusCode()).isEqualTo(404);
    assertThat(get("/metrics/more").statusCode()).isEqualTo(404);
    assertThat(send("POST", "/metrics").statusCode()).isEqualTo(405);
    assertThat(send("DELETE", "/info").headers().firstValue("Allow")).hasValue("GET, HEAD");
    HttpResponse<String> head = send("HEAD", "/health/ready");
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.headers().firstValueAsLong("Content-Length").orElse(0)).isPositive();
  }

  @Test
  void shouldHandRequestsToWhatAServiceAdds() throws Exception {
    // given
    management.add(
        List.of(
            new HttpEndpoint(
                "POST",
                "/echo",
                8,
                request ->
                    Reply.ok(
                        Map.of(
                            "type", request.contentType(),
                            "of", request.parameter("of").orElse("nobody"),
                            "origin", request.header("Origin").orElse("nowhere"),
                            "absent", request.header("X-Absent").isEmpty(),
                            "body", new String(request.body(), UTF_8))))));

    // when
    HttpResponse<String> reply =
        client.send(
            HttpRequest.newBuilder(uri("/echo?of=a%20cat&x"))
                .header("Content-Type", "Text/Plain; charset=utf-8")
                .header("origin", "http://a.example")
                .POST(BodyPublishers.ofString("hi"))
                .build(),
            BodyHandlers.ofString());

    // then
    JsonNode body = new ObjectMapper().readTree(reply.body());
    assertThat(reply.statusCode()).isEqualTo(200);
    assertThat(body.path("type").asText()).isEqualTo("text/plain");
    assertThat(body.path("of").asText()).isEqualTo("a cat");
    assertThat(body.path("origin").asText()).isEqualTo("http://a.example");
    assertThat(body.path("absent").asBoolean()).isTrue();
    assertThat(body.path("body").asText()).isEqualTo("hi");
    assertThat(send("GET", "/echo").headers().firstValue("Allow")).hasValue("POST");
    HttpRequest tooLong =
        HttpRequest.newBuilder(uri("/echo")).POST(BodyPublishers.ofString("123456789")).build();
    assertTooLong(tooLong);
    HttpRequest withoutLength =
        HttpRequest.newBuilder(uri("/echo"))
            .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[100_000])))
            .build();
    assertTooLong(withoutLength);
  }

  private void assertTooLong(HttpRequest request) throws Exception {
    HttpResponse<String> reply = client.send(request, BodyHandlers.ofString());
    assertThat(reply.statusCode()).isEqualTo(413);
    assertThat(reply.body()).isEqualTo("{\"error\":\"more than 8 bytes\"}");
  }

  @Test
  void shouldSayWhatIsWrongWithARequestThatCannotBeRead() throws Exception {
    // when
    String reply = raw("GET /info HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n");

    // then
    assertThat(reply)
        .startsWith("HTTP/1.1 400 ")
        .contains("Content-Type: application/json")
        .endsWith("{\"error\":\"Invalid Content-Length Value\"}");
  }

  private String raw(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), management.port())) {
      socket.getOutputStream().write(request.getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }

  @Test
  void shouldSendABodyThatIsNoJsonAsItIs() throws Exception {
    // given
    byte[] bytes = {0, 1, (byte) 200};
    management.add(
        List.of(
            new HttpEndpoint(
                "GET", "/file", 0, request -> Reply.ok(new BinaryBody("image/png", bytes)))));

    // when
    HttpResponse<byte[]> reply =
        client.send(HttpRequest.newBuilder(uri("/file")).build(), BodyHandlers.ofByteArray());

    // then
    assertThat(reply.headers().firstValue("Content-Type")).hasValue("image/png");
    assertThat(reply.body()).isEqualTo(bytes);
  }

  @Test
  void shouldTellTheMethodsOfOnePathApart() throws Exception {
    // given
    management.add(
        List.of(
            new HttpEndpoint("POST", "/both", 0, request -> new Reply(202, List.of())),
            new HttpEndpoint("GET", "/both", 0, request -> Reply.ok(List.of()))));

    // then
    assertThat(send("GET", "/both").statusCode()).isEqualTo(200);
    assertThat(send("POST", "/both").statusCode()).isEqualTo(202);
    assertThat(send("DELETE", "/both").statusCode()).isEqualTo(405);
    assertThat(send("DELETE", "/both").headers().firstValue("Allow")).hasValue("GET, POST");
  }

  @Test
  void shouldAnswerForHealthWhileEndpointsTakeTheirTime() throws Exception {
    // given
    CountDownLatch release = new CountDownLatch(1);
    management.add(
        List.of(
            new HttpEndpoint(
                "POST",
                "/slow",
                0,
                request -> {
                  release.await();
                  return Reply.error(409, "too late");
                })));
    HttpRequest request =
        HttpRequest.newBuilder(uri("/slow")).POST(BodyPublishers.noBody()).build();
    List<CompletableFuture<HttpResponse<String>>> slow =
        Stream.generate(() -> client.sendAsync(request, BodyHandlers.ofString())).limit(5).toList();

    // then
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
    release.countDown();
    for (CompletableFuture<HttpResponse<String>> reply : slow) {
      assertThat(reply.get().statusCode()).isEqualTo(409);
      assertThat(reply.get().body()).isEqualTo("{\"error\":\"too late\"}");
    }
  }

  @Test
  void shouldGoOnAfterAFailedRequest() throws Exception {
    // given
    management.add(
        List.of(
            new HttpEndpoint(
                "GET",
                "/broken",
                0,
                request -> {
                  throw new IllegalStateException("deliberately broken");
                })));

    // then
    for (int i = 0; i < 5; i++) {
      HttpResponse<String> reply = get("/broken");
      assertThat(reply.statusCode()).isEqualTo(500);
      assertThat(reply.body()).isEqualTo("{\"error\":\"internal error\"}");
    }
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
  }

  @Test
  void shouldServeFilesThatMayLoadNothingFromElsewhere() throws Exception {
    // given
    management.add(
        new WebContent(
            List.of(
                new StaticResource("/shown/", "text/html; charset=utf-8", "<p>ä".getBytes(UTF_8)),
                new StaticResource("/shown/a.js", "text/javascript", new byte[0])),
            List.of()));

    // when
    HttpResponse<String> index = get("/shown/");

    // then
    assertThat(index.statusCode()).isEqualTo(200);
    assertThat(index.body()).isEqualTo("<p>ä");
    assertThat(index.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
    assertThat(index.headers().firstValue("Content-Security-Policy"))
        .hasValueSatisfying(
            policy ->
                assertThat(policy)
                    .startsWith("default-src 'self'; img-src 'self' data:;")
                    .doesNotContain("unsafe"));
    assertThat(index.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
    assertThat(get("/shown/a.js").statusCode()).isEqualTo(200);
    assertThat(get("/shown/b.js").statusCode()).isEqualTo(404);
    assertThat(get("/shown").statusCode()).isEqualTo(302);
    assertThat(get("/shown").headers().firstValue("Location")).hasValue("shown/");
    assertThat(send("POST", "/shown/").headers().firstValue("Allow")).hasValue("GET, HEAD");
    HttpResponse<String> head = send("HEAD", "/shown/");
    assertThat(head.body()).isEmpty();
    assertThat(head.headers().firstValueAsLong("Content-Length")).hasValue(5);
  }

  @Test
  void shouldNotSendAFileThatTheClientHas() throws Exception {
    // given
    management.add(
        new WebContent(
            List.of(new StaticResource("/a.css", "text/css", "p {}".getBytes(UTF_8))), List.of()));
    String tag = get("/a.css").headers().firstValue("ETag").orElseThrow();

    // then
    assertThat(ifNoneMatch(tag).statusCode()).isEqualTo(304);
    assertThat(ifNoneMatch("\"other\", W/" + tag).statusCode()).isEqualTo(304);
    assertThat(ifNoneMatch("\"other\"").body()).isEqualTo("p {}");
  }

  private HttpResponse<String> ifNoneMatch(String tags) throws Exception {
    return client.send(
        HttpRequest.newBuilder(uri("/a.css")).header("If-None-Match", tags).build(),
        BodyHandlers.ofString());
  }

  @Test
  void shouldNameAPortThatIsTaken() {
    // given
    ManagementSettings taken = new ManagementSettings("127.0.0.1", management.port());

    // then
    assertThatThrownBy(() -> ManagementServer.start(taken, registry, health::get, Map.of()))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("management.port: cannot listen on 127.0.0.1:" + management.port());
  }

  private HttpResponse<String> get(String path) throws Exception {
    return send("GET", path);
  }

  private HttpResponse<String> send(String method, String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(uri(path))
            .timeout(Duration.ofSeconds(20))
            .method(method, BodyPublishers.noBody())
            .build(),
        BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + management.port() + path);
  }
}
