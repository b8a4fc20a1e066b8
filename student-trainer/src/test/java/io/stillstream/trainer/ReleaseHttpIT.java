package io.stillstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.embedded.process.JavaProcess;
import io.stillstream.schemas.StudentRelease;
import io.stillstream.schemas.values.Sha256;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Releases by the management port of a trainer that is killed right after it has answered: what was
 * promoted stays so, and the topic has one event of it.
 */
final class ReleaseHttpIT extends TrainerTestBase {
  private static final Pattern PORT =
      Pattern.compile("management endpoint listens[^\n]*port=\"?(\\d+)");
  private static final String USER = "Basic b3BzOnNlY3JldA==";
  private static final int STEPS = 4;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client = HttpClient.newHttpClient();
  private int port;
  private int lives;

  @Test
  void shouldPromoteAndRollBackDurablyWithOneEventEach() throws Exception {
    // given: three releases
    suffix = CLUSTER.topics(1);
    try (JavaProcess trainer = startProcess()) {
      for (int version = 1; version <= 3; version++) {
        sendRelease(version);
        long expected = version;
        awaitIn(trainer, () -> current() == expected && announced().size() == expected);
      }

      // then: what is refused
      assertThat(post("/releases/1/promote", "").statusCode()).isEqualTo(401);
      assertThat(post("/releases/1/promote", "Basic b3BzOm90aGVy").statusCode()).isEqualTo(401);
      assertThat(post("/releases/9/promote", USER).statusCode()).isEqualTo(404);
      assertThat(post("/releases/9/promote", USER).body())
          .isEqualTo("{\"error\":\"there is no release of version 9\"}");
      assertThat(post("/releases/%2e%2e/promote", USER).statusCode()).isEqualTo(404);
      assertDownload();

      // when
      HttpResponse<String> answer = post("/releases/1/promote", USER);
      trainer.kill();

      // then
      assertThat(answer.statusCode()).isEqualTo(200);
      JsonNode made = JSON.readTree(answer.body());
      assertThat(made.path("student").asText()).isEqualTo("cnn");
      assertThat(made.path("version").asLong()).isEqualTo(1);
      assertThat(made.path("before").asLong()).isEqualTo(3);
    }

    // when
    try (JavaProcess trainer = startProcess()) {
      awaitSettled(trainer);

      // then
      assertThat(current()).isEqualTo(1);
      assertThat(announced()).containsExactly(1L, 2L, 3L, 1L);
      HttpResponse<String> refused = post("/releases/rollback", USER);
      assertThat(refused.statusCode()).isEqualTo(409);
      assertThat(refused.body()).contains("there is no champion before version 1 in ");

      // when
      assertThat(post("/releases/3/promote", USER).statusCode()).isEqualTo(200);
      HttpResponse<String> answer = post("/releases/rollback", USER);
      trainer.kill();

      // then
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(JSON.readTree(answer.body()).path("version").asLong()).isEqualTo(2);
    }

    // when
    try (JavaProcess trainer = startProcess()) {
      awaitSettled(trainer);

      // then: the first of the two was overtaken, perhaps before its event was sent
      assertThat(current()).isEqualTo(2);
      assertThat(announced()).startsWith(1L, 2L, 3L, 1L).endsWith(2L);
      assertThat(announced().subList(4, announced().size())).isIn(List.of(3L, 2L), List.of(2L));

      // when: training goes on, and the next release is measured against it
      sendRelease(4);
      awaitIn(trainer, () -> current() == 4);
      assertThat(trainer.terminate()).isEqualTo(143);
    }
    assertThat(announced()).endsWith(2L, 4L);
  }

  private void assertDownload() throws Exception {
    JsonNode newest = releases().get(0);
    HttpRequest request = HttpRequest.newBuilder(uri("/releases/3/student.pt")).build();
    HttpRequest known = HttpRequest.newBuilder(request.uri()).header("Authorization", USER).build();
    assertThat(client.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(401);
    HttpResponse<byte[]> file = client.send(known, BodyHandlers.ofByteArray());
    assertThat(Sha256.hex(file.body())).isEqualTo(newest.path("sha256").asText());
    assertThat(file.headers().firstValue("ETag"))
        .hasValue('"' + newest.path("sha256").asText() + '"');
    HttpRequest onnx =
        HttpRequest.newBuilder(uri("/releases/3/student.onnx"))
            .header("Authorization", USER)
            .build();
    assertThat(client.send(onnx, BodyHandlers.ofString()).body())
        .isEqualTo("{\"error\":\"the release of version 3 has no student.onnx\"}");
  }

  /** Until nothing of a promotion is left to be done. */
  private void awaitSettled(JavaProcess trainer) {
    Path intent = directory.resolve("trainer/releases/promotion.json");
    awaitIn(trainer, () -> current() > 0 && !Files.exists(intent));
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void awaitIn(JavaProcess trainer, Condition condition) {
    await().atMost(PATIENCE).until(() -> !trainer.isAlive() || holds(condition));
    trainer.requireAlive();
  }

  /** False while the trainer starts. */
  private static boolean holds(Condition condition) throws Exception {
    try {
      return condition.holds();
    } catch (IOException e) {
      return false;
    }
  }

  private void sendRelease(int version) {
    for (int i = (version - 1) * STEPS * BATCH; i < version * STEPS * BATCH; i++) {
      sendView(LabeledViewFixtures.view(i));
    }
    producer.flush();
  }

  private List<Long> announced() {
    return read("releases-" + suffix, StudentRelease.class).stream()
        .map(StudentRelease::getVersion)
        .toList();
  }

  /** The version that is served; 0 before the first. */
  private long current() throws Exception {
    for (JsonNode release : releases()) {
      if (release.path("current").asBoolean()) {
        return release.path("version").asLong();
      }
    }
    return 0;
  }

  private JsonNode releases() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(uri("/releases")).header("Authorization", USER).build();
    String body = client.send(request, BodyHandlers.ofString()).body();
    return JSON.readTree(body).path("releases");
  }

  private HttpResponse<String> post(String path, String authorization) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path)).timeout(PATIENCE).POST(BodyPublishers.noBody());
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  private JavaProcess startProcess() throws IOException {
    Path config = directory.resolve("trainer.yaml");
    Files.writeString(
        config,
        CLUSTER.yaml(suffix)
            + """
            student: %s
            directory: %s
            batch: {size: %d}
            buffer: {views: 100}
            updates: 1
            checkpoint: {every: %s}
            guard: {spike-factor: 1000000}
            release: {every-steps: %d, gate: {enabled: false}}
            management: {port: 0, basic: {user: ops, password: secret}}
            """
                .formatted(
                    Path.of("src/test/resources/students/cnn").toAbsolutePath(),
                    directory.resolve("trainer"),
                    BATCH,
                    Duration.ofMillis(200).toMillis() + "ms",
                    STEPS));
    Path output = directory.resolve("output-" + lives++ + ".log");
    JavaProcess trainer = TrainerProcess.start(config, output);
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              trainer.requireAlive();
              Matcher listens = PORT.matcher(Files.exists(output) ? Files.readString(output) : "");
              boolean found = listens.find();
              port = found ? Integer.parseInt(listens.group(1)) : 0;
              return found;
            });
    return trainer;
  }
}
