package io.stillstream.runtime.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.health.Health;
import io.stillstream.runtime.http.HttpEndpoint.Reply;
import io.stillstream.runtime.http.ManagementSettings.Basic;
import io.stillstream.runtime.metrics.MeterRegistries;
import io.stillstream.runtime.metrics.MetricsSettings;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Who may ask the management endpoint. */
final class ManagementServerAccessTest {
  private static final List<String> HEALTH = List.of("/health/live", "/health/ready");

  private final MeterRegistries registries =
      MeterRegistries.open(MetricsSettings.ofEndpoint(), "test");
  private final PrometheusMeterRegistry registry = registries.prometheus();
  private final HttpClient client = HttpClient.newHttpClient();
  private ManagementServer management;

  @AfterEach
  void close() {
    management.close();
    registries.close();
  }

  @Test
  void shouldShowEverythingToTheUserOnly() throws Exception {
    // given
    start(Optional.of(new Basic("ops", "pä:ss", true)));
    List<String> guarded = List.of("/metrics", "/info", "/echo", "/page/", "/page", "/nowhere");

    // then
    for (String path : guarded) {
      HttpResponse<String> refused = get(path, "");
      assertThat(refused.statusCode()).as(path).isEqualTo(401);
      assertThat(refused.headers().firstValue("WWW-Authenticate"))
          .hasValue("Basic realm=\"stillstream\", charset=\"UTF-8\"");
      assertThat(get(path, basic("ops:pä:ss")).statusCode()).as(path).isNotEqualTo(401);
    }
    assertThat(get("/metrics", basic("ops:pä:ss")).body()).contains("jvm_memory_used_bytes");
    assertThat(post("/echo", "")).isEqualTo(401);
    assertThat(post("/echo", basic("ops:pä:ss"))).isEqualTo(200);
    for (String path : HEALTH) {
      assertThat(get(path, "").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void shouldTellStrangersWhetherAllIsWellAndNotWhy() throws Exception {
    // given
    start(Optional.of(new Basic("ops", "pass", true)));

    // then: the checks name hosts, topics and principals
    for (String path : HEALTH) {
      assertThat(get(path, "").body()).isEqualTo("{\"status\":\"UP\"}");
      assertThat(get(path, basic("ops:wrong")).body()).doesNotContain("checks");
      assertThat(get(path, basic("ops:pass")).body()).contains("\"checks\":[");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/health/live/../../info",
        "/health/ready/..%2F..%2Finfo",
        "/./info",
        "//info",
        "/INFO",
        "/%69nfo",
        "/info/",
        "/info;/health/live",
        "/info?/health/live",
        "/health/live/"
      })
  void shouldNotBeTalkedRound(String path) throws Exception {
    // given
    start(Optional.of(new Basic("ops", "pass", true)));

    // then: as it stands, which HTTP clients would tidy up
    for (String method : List.of("GET", "HEAD", "POST", "OPTIONS", "TRACE")) {
      assertThat(raw(method + " " + path)).as(method).startsWith("HTTP/1.1 401 ");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ops:wrong", "ops:", "other:pass", ":pass", "ops:pass ", "ops:passpass"})
  void shouldTurnAwayOtherCredentials(String pair) throws Exception {
    // given
    start(Optional.of(new Basic("ops", "pass", true)));

    // then
    assertThat(get("/info", basic(pair)).statusCode()).isEqualTo(401);
    assertThat(get("/info", basic("ops:pass")).statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Basic", "Basic %%%", "Bearer b3BzOnBhc3M=", "ops:pass", "Digest x"})
  void shouldTurnAwayWhatIsNoBasicAuthentication(String header) throws Exception {
    // given
    start(Optional.of(new Basic("ops", "pass", true)));

    // then
    assertThat(get("/info", header).statusCode()).isEqualTo(401);
    assertThat(get("/info", "bAsIc b3BzOnBhc3M=").statusCode()).isEqualTo(200);
  }

  @Test
  void shouldLogNoPasswordEvenAtDebug() throws Exception {
    // given
    ListAppender<ILoggingEvent> said = new ListAppender<>();
    said.start();
    Logger jetty = (Logger) LoggerFactory.getLogger("org.eclipse.jetty");
    Level jettyBefore = jetty.getLevel();
    jetty.setAdditive(false);
    jetty.setLevel(Level.TRACE);
    jetty.addAppender(said);
    try {
      start(Optional.of(new Basic("ops", "pass", true)));

      // when
      assertThat(get("/info", basic("ops:pass")).statusCode()).isEqualTo(200);
    } finally {
      jetty.detachAppender(said);
      jetty.setLevel(jettyBefore);
      jetty.setAdditive(true);
    }

    // then
    assertThat(List.copyOf(said.list))
        .isNotEmpty()
        .extracting(ILoggingEvent::getFormattedMessage)
        .noneMatch(line -> line.contains("b3BzOnBhc3M"));
  }

  @Test
  void shouldKeepHealthToTheUserWhenToldSo() throws Exception {
    // given
    start(Optional.of(new Basic("ops", "pass", false)));

    // then
    for (String path : HEALTH) {
      assertThat(get(path, "").statusCode()).isEqualTo(401);
      assertThat(get(path, basic("ops:pass")).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void shouldListenOnLoopbackOnlyWhenToldSo() throws Exception {
    // given: another address of this machine that a wildcard would listen on
    InetAddress other = InetAddress.getByAddress(new byte[] {127, 0, 0, 2});

    // when
    start(Optional.empty());

    // then
    assertThatThrownBy(() -> new Socket(other, management.port()).close())
        .isInstanceOf(ConnectException.class);
    assertThat(get("/info", "").statusCode()).isEqualTo(200);

    // when
    management.close();
    management =
        ManagementServer.start(
            new ManagementSettings("0.0.0.0", 0), registry, Health::of, Map.of());

    // then
    new Socket(other, management.port()).close();
  }

  @Test
  void shouldChangeNothingWithoutAUserInTheSettings() throws Exception {
    // given
    start(Optional.empty());

    // when
    HttpResponse<String> reply = change("");

    // then
    assertThat(reply.statusCode()).isEqualTo(403);
    assertThat(reply.body())
        .isEqualTo(
            "{\"error\":\"changes by HTTP need management.basic, which the settings of this service"
                + " do not have\"}");
    assertThat(post("/echo", "")).isEqualTo(200);
  }

  @Test
  void shouldChangeForTheUserOnlyAndForNoOtherSite() throws Exception {
    // given
    start(Optional.of(new Basic("ops", "secret", true)));
    String user = "Basic " + Base64.getEncoder().encodeToString("ops:secret".getBytes(UTF_8));

    // then
    assertThat(change("").statusCode()).isEqualTo(401);
    assertThat(change("Basic b3BzOm90aGVy").statusCode()).isEqualTo(401);
    assertThat(change(user).statusCode()).isEqualTo(200);
    assertThat(change(user).body()).isEqualTo("[\"left\"]");
    assertThat(change(user, "Origin", "https://evil.example").statusCode()).isEqualTo(403);
    assertThat(change(user, "Sec-Fetch-Site", "cross-site").body())
        .isEqualTo("{\"error\":\"a page of another site may change nothing here\"}");
    assertThat(change(user, "Sec-Fetch-Site", "same-origin").statusCode()).isEqualTo(200);
  }

  private HttpResponse<String> change(String authorization, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri("/switch/left?side=right")).POST(BodyPublishers.noBody());
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  @Test
  void shouldListenOnThisMachineUnlessTheEnvironmentSaysOtherwise() {
    // given
    start(Optional.empty());
    Map<String, String> image = Map.of("STILLSTREAM_MANAGEMENT_HOST", "0.0.0.0");

    // then
    assertThat(parse("port: 1").host()).isEqualTo("127.0.0.1");
    assertThat(YamlSettings.parse("port: 1", ManagementSettings.class, image).host())
        .isEqualTo("0.0.0.0");
    assertThat(YamlSettings.parse("host: '::1'", ManagementSettings.class, image).host())
        .isEqualTo("::1");
  }

  @Test
  void shouldRefuseAUserThatCannotBeSentAndShowNoPassword() {
    // given
    start(Optional.empty());

    // then
    assertThatThrownBy(() -> parse("basic: {user: 'a:b', password: hunter2}"))
        .hasMessageContaining("basic.user: must not be empty and hold no colon, was \"a:b\"")
        .message()
        .doesNotContain("hunter2");
    assertThatThrownBy(() -> parse("basic: {user: ops, password: ''}"))
        .hasMessageContaining("basic.password: must not be empty");
    assertThatThrownBy(() -> parse("basic: {user: ops}"))
        .hasMessageContaining("basic.password: is required");
    ManagementSettings good = parse("basic: {user: ops, password: hunter2}");
    assertThat(YamlSettings.effective(good)).contains("user: ops").doesNotContain("hunter2");
    assertThat(good.toString()).doesNotContain("hunter2");
  }

  private static ManagementSettings parse(String yaml) {
    return YamlSettings.parse(yaml, ManagementSettings.class, Map.of());
  }

  private void start(Optional<Basic> basic) {
    management =
        ManagementServer.start(
            new ManagementSettings("127.0.0.1", 0, Optional.empty(), basic),
            registry,
            Health::of,
            Map.of());
    management.add(
        List.of(
            new HttpEndpoint(
                "POST", "/echo", 8, request -> Reply.ok(List.of(request.body().length))),
            new HttpEndpoint(
                "POST",
                "/switch/{side}",
                8,
                HttpEndpoint.Kind.CHANGE,
                request -> Reply.ok(List.of(request.parameter("side").orElseThrow())))));
    management.add(
        new WebContent(
            List.of(
                new StaticResource("/page/", "text/html; charset=utf-8", "<p>".getBytes(UTF_8))),
            List.of()));
  }

  private HttpResponse<String> get(String path, String authorization)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri(path));
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private String raw(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), management.port())) {
      String whole = request + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(whole.getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }

  private int post(String path, String authorization) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path)).POST(BodyPublishers.ofString("12345678"));
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    return client.send(request.build(), BodyHandlers.ofString()).statusCode();
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + management.port() + path);
  }

  private static String basic(String pair) {
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));
  }
}
