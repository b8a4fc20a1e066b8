package io.stillstream.local.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.stillstream.containers.KafkaTestEnvironment;
import io.stillstream.local.StillstreamMain;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.topics.TopicSpec;
import io.stillstream.schemas.topics.Topics;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What topics and subjects are given, against a broker and a registry. */
@Tag("test-environment")
class TopicsCommandIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @TempDir private static Path directory;
  private static KafkaTestEnvironment environment;

  private final String prefix = "t" + UUID.randomUUID() + "-";
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void start() {
    environment = KafkaTestEnvironment.start(directory);
  }

  @AfterAll
  static void stop() {
    environment.close();
  }

  @AfterEach
  void resetTheRegistry() throws Exception {
    put("/config", "{\"compatibility\": \"BACKWARD\"}");
  }

  @Test
  void shouldGiveEachSubjectALevel() throws Exception {
    // when
    int code = create("", environment.registryUrl());

    // then
    assertThat(code).as(err.toString()).isZero();
    assertThat(subjects())
        .hasSize(8)
        .allSatisfy(
            subject -> {
              assertThat(level(subject)).isEqualTo("BACKWARD_TRANSITIVE");
              assertThat(out.toString())
                  .contains(subject + " gets compatibility BACKWARD_TRANSITIVE\n");
            });

    // when: again
    out.getBuffer().setLength(0);
    code = create("", environment.registryUrl());

    // then
    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains(prefix + "images-value has compatibility BACKWARD_TRANSITIVE\n");
    assertThat(err.toString()).doesNotContain("compatibility");
  }

  @Test
  void shouldNotWeakenWhatHoldsForAllSubjects() throws Exception {
    // given
    put("/config", "{\"compatibility\": \"FULL_TRANSITIVE\"}");

    // when
    int code = create("", environment.registryUrl());

    // then
    assertThat(code).isZero();
    assertThat(out.toString())
        .contains(prefix + "images-value has compatibility FULL_TRANSITIVE of the registry\n");
    assertThat(get("/subjects").toString()).doesNotContain(prefix);
    assertThat(err.toString()).doesNotContain("compatibility");
  }

  @Test
  void shouldSayThatALevelIsWeakerAndLeaveIt() throws Exception {
    // given
    String subject = prefix + "images-value";
    post(
        "/subjects/" + subject + "/versions",
        JSON.createObjectNode().put("schema", ImageEvent.getClassSchema().toString()).toString());
    put("/config/" + subject, "{\"compatibility\": \"FORWARD\"}");

    // when
    int code = create("", environment.registryUrl());

    // then
    assertThat(code).isZero();
    assertThat(level(subject)).isEqualTo("FORWARD");
    assertThat(err.toString())
        .contains(
            "warning: %s has compatibility FORWARD, not BACKWARD_TRANSITIVE: it was not changed."
                .formatted(subject));
  }

  @Test
  void shouldGoOnWithoutLevelsWhereTheRegistryKnowsNone() throws Exception {
    // given
    HttpServer other =
        startServer(
            exchange -> {
              exchange.sendResponseHeaders(404, -1);
              exchange.close();
            });
    try {
      // when
      int code = create("", url(other));

      // then
      assertThat(code).isZero();
      assertThat(err.toString())
          .contains("warning: the schema registry has no /config")
          .contains("answered 404");
    } finally {
      other.stop(0);
    }
  }

  @Test
  void shouldNameEachSubjectWhoseLevelTheRegistryRefuses() throws Exception {
    // given: a registry that may be read only
    HttpServer readOnly =
        startServer(
            exchange -> {
              boolean isGlobal = exchange.getRequestURI().getPath().equals("/config");
              int status = exchange.getRequestMethod().equals("PUT") ? 422 : isGlobal ? 200 : 404;
              byte[] body =
                  (isGlobal ? "{\"compatibilityLevel\":\"BACKWARD\"}" : "{\"error_code\":40401}")
                      .getBytes(UTF_8);
              exchange.sendResponseHeaders(status, body.length);
              exchange.getResponseBody().write(body);
              exchange.close();
            });
    try {
      // when
      int code = create("", url(readOnly));

      // then
      assertThat(code).isEqualTo(3);
      assertThat(err.toString())
          .contains("warning: " + prefix + "images-value may have no compatibility level: ")
          .contains("warning: " + prefix + "views-value may have no compatibility level: ")
          .contains("answered 422")
          .doesNotContain("no /config");
    } finally {
      readOnly.stop(0);
    }
  }

  @Test
  void shouldCreateTopicsAndSayThatTheRegistryIsAway() throws Exception {
    // given: a port that is closed again
    HttpServer closed = startServer(HttpExchange::close);
    closed.stop(0);

    // when
    int code = create("", url(closed));

    // then
    assertThat(code).isEqualTo(3);
    assertThat(out.toString()).contains(prefix + "images").contains(" created\n");
    assertThat(err.toString())
        .contains("warning: subjects may have no compatibility level: Registry is unavailable");
  }

  @Test
  void shouldCreateNothingWhenBrokersRefuseASetting() throws Exception {
    // when
    int code =
        create(
            "    config: {retention.msec: 5}\n",
            "    config: {segment.bytes: small}\n",
            environment.registryUrl());

    // then
    assertThat(code).isEqualTo(2);
    assertThat(err.toString())
        .contains("topic " + prefix + "images: ", "retention.msec")
        .contains("topic " + prefix + "views: ", "segment.bytes")
        .contains("no topic was created");
    assertThat(topics()).noneMatch(name -> name.startsWith(prefix));
  }

  @Test
  void shouldSayHowAnExistingTopicDiffers() throws Exception {
    // given
    assertThat(create("    config: {segment.bytes: 2000000}\n", environment.registryUrl()))
        .as(err.toString())
        .isZero();
    out.getBuffer().setLength(0);

    // when
    int code =
        create(
            "    config: {segment.bytes: 3000000, retention.msec: 5}\n", environment.registryUrl());

    // then
    assertThat(code).isEqualTo(3);
    assertThat(out.toString())
        .contains("segment.bytes is 2000000, should be 3000000")
        .contains("retention.msec is unknown to the brokers, should be 5");
  }

  private static HttpServer startServer(HttpHandler handler) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", handler);
    server.start();
    return server;
  }

  /** Of a server that was started, also if it is stopped. */
  private static String url(HttpServer server) {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private int create(String ofImages, String registry) throws Exception {
    return create(ofImages, "", registry);
  }

  /** Runs the command with topics of their own names. */
  private int create(String ofImages, String ofViews, String registry) throws Exception {
    StringBuilder yaml = new StringBuilder("kafka: {max.retries: 0}\npartitions: 1\ntopics:\n");
    for (TopicSpec topic : Topics.catalogue()) {
      yaml.append("  %s:\n    name: %s%s\n".formatted(topic.name(), prefix, topic.name()));
      yaml.append(
          Map.of(Topics.IMAGES, ofImages, Topics.VIEWS, ofViews).getOrDefault(topic.name(), ""));
    }
    Path file = Files.writeString(directory.resolve(prefix + ".yaml"), yaml);
    CommandLine commandLine =
        StillstreamMain.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    return commandLine.execute(
        "topics",
        "create",
        "--config=" + file,
        "--bootstrap-server=" + environment.bootstrapServers(),
        "--schema-registry=" + registry);
  }

  private List<String> subjects() {
    return Topics.catalogue().stream()
        .filter(topic -> topic.valueSchema().isPresent())
        .map(topic -> prefix + topic.name() + "-value")
        .toList();
  }

  private static List<String> topics() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", environment.bootstrapServers()))) {
      return new ArrayList<>(admin.listTopics().names().get());
    }
  }

  private static String level(String subject) throws Exception {
    return get("/config/" + subject).path("compatibilityLevel").asText();
  }

  private static JsonNode get(String path) throws Exception {
    return send(request(path).build());
  }

  private static void put(String path, String body) throws Exception {
    send(request(path).PUT(BodyPublishers.ofString(body)).build());
  }

  private static void post(String path, String body) throws Exception {
    send(request(path).POST(BodyPublishers.ofString(body)).build());
  }

  private static HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(environment.registryUrl() + path))
        .header("Content-Type", "application/vnd.schemaregistry.v1+json");
  }

  private static JsonNode send(HttpRequest request) throws Exception {
    HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JSON.readTree(response.body());
  }
}
