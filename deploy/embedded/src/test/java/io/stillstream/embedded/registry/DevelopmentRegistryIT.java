package io.stillstream.embedded.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.stillstream.embedded.EmbeddedException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevelopmentRegistryIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client = HttpClient.newHttpClient();

  @TempDir Path directory;

  @Test
  void shouldKeepItsIdsAcrossARestartOnTheSamePort() throws Exception {
    // given
    Path file = directory.resolve("registry.json");
    int port;
    try (DevelopmentRegistry registry = DevelopmentRegistry.start(file, 0)) {
      port = registry.url().getPort();
      register(registry, "images-value", "\"bytes\"");
      register(registry, "views-value", "\"string\"");
      send(registry, "PUT", "/config/views-value", "{\"compatibility\":\"FULL\"}");
    }
    // when
    try (DevelopmentRegistry registry = DevelopmentRegistry.start(file, port)) {
      // then
      assertThat(registry.url().getPort()).isEqualTo(port);
      assertThat(register(registry, "views-value", "\"string\"").path("id").asInt()).isEqualTo(2);
      assertThat(register(registry, "other-value", "\"long\"").path("id").asInt()).isEqualTo(3);
      assertThat(get(registry, "/config/views-value").path("compatibilityLevel").asText())
          .isEqualTo("FULL");
    }
  }

  @Test
  void shouldServeThePathsOfTheApi() throws Exception {
    // given
    try (DevelopmentRegistry registry =
        DevelopmentRegistry.start(directory.resolve("registry.json"), 0)) {
      register(registry, "a/b value", "\"bytes\"");
      String subject = "/subjects/a%2Fb%20value";
      // when, then
      assertThat(get(registry, "/subjects").toString()).isEqualTo("[\"a/b value\"]");
      assertThat(get(registry, subject + "/versions").toString()).isEqualTo("[1]");
      assertThat(get(registry, subject + "/versions/latest").toString())
          .isEqualTo(
              "{\"subject\":\"a/b value\",\"version\":1,\"id\":1,\"schema\":\"\\\"bytes\\\"\"}");
      assertThat(get(registry, subject + "/versions/-1/schema").toString()).isEqualTo("\"bytes\"");
      assertThat(get(registry, "/schemas/ids/1?fetchMaxId=false&subject=x").toString())
          .isEqualTo("{\"schema\":\"\\\"bytes\\\"\"}");
      assertThat(get(registry, "/schemas/ids/1/schema").toString()).isEqualTo("\"bytes\"");
      assertThat(get(registry, "/schemas/ids/1/subjects").toString()).isEqualTo("[\"a/b value\"]");
      assertThat(get(registry, "/schemas/ids/1/versions").path(0).path("version").asInt())
          .isEqualTo(1);
      assertThat(get(registry, "/schemas/types").toString()).isEqualTo("[\"AVRO\"]");
      assertThat(get(registry, "/mode").path("mode").asText()).isEqualTo("READWRITE");
      assertThat(get(registry, "/config").path("compatibilityLevel").asText())
          .isEqualTo("BACKWARD");
      assertThat(
              json(send(registry, "POST", subject + "?deleted=false", schema("\"bytes\"")))
                  .path("version")
                  .asInt())
          .isEqualTo(1);
      assertThat(
              json(send(
                      registry,
                      "POST",
                      "/compatibility" + subject + "/versions/latest",
                      schema("\"long\"")))
                  .path("is_compatible")
                  .asBoolean(true))
          .isFalse();
      assertThat(send(registry, "DELETE", subject, "").body()).isEqualTo("[1]");
    }
  }

  @Test
  void shouldAnswerErrorsWithStatusAndCode() throws Exception {
    try (DevelopmentRegistry registry =
        DevelopmentRegistry.start(directory.resolve("registry.json"), 0)) {
      // when, then
      assertError(send(registry, "GET", "/subjects/none/versions", ""), 404, 40401);
      assertError(send(registry, "GET", "/schemas/ids/9", ""), 404, 40403);
      assertError(send(registry, "GET", "/exporters", ""), 404, 404);
      assertError(send(registry, "DELETE", "/mode", ""), 405, 405);
      assertError(send(registry, "PUT", "/config", "{\"compatibility\":\"x\"}"), 422, 42203);
      assertError(send(registry, "POST", "/subjects/a/versions", "{\"schema\":\"{\"}"), 422, 42201);
      assertError(send(registry, "POST", "/subjects/a/versions", "{"), 400, 400);
      register(registry, "a", "\"bytes\"");
      assertError(send(registry, "POST", "/subjects/a/versions", schema("\"long\"")), 409, 409);
    }
  }

  @Test
  void shouldRefuseADamagedFile() throws Exception {
    // given
    Path file = directory.resolve("registry.json");
    Files.writeString(file, "{\"schemas\": {\"1\": ");
    // when, then
    assertThatThrownBy(() -> DevelopmentRegistry.start(file, 0))
        .isInstanceOf(EmbeddedException.class)
        .hasMessageStartingWith("the registry file " + file + " is damaged");
  }

  private static void assertError(HttpResponse<String> response, int status, int code)
      throws Exception {
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(json(response).path("error_code").asInt()).isEqualTo(code);
    assertThat(json(response).path("message").asText()).isNotEmpty();
  }

  private JsonNode register(DevelopmentRegistry registry, String subject, String schema)
      throws Exception {
    String encoded = subject.replace("/", "%2F").replace(" ", "%20");
    return json(send(registry, "POST", "/subjects/" + encoded + "/versions", schema(schema)));
  }

  private JsonNode get(DevelopmentRegistry registry, String path) throws Exception {
    HttpResponse<String> response = send(registry, "GET", path, "");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type"))
        .hasValue("application/vnd.schemaregistry.v1+json");
    return json(response);
  }

  private HttpResponse<String> send(
      DevelopmentRegistry registry, String method, String path, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(registry.url() + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static JsonNode json(HttpResponse<String> response) throws Exception {
    return JSON.readTree(response.body());
  }

  private static String schema(String schema) {
    return JsonNodeFactory.instance.objectNode().put("schema", schema).toString();
  }
}
