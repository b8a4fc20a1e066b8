package io.stillstream.labeler.reload;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.runtime.http.HttpEndpoint;
import io.stillstream.runtime.http.HttpEndpoint.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TeacherEndpointsTest {
  @TempDir private Path temporary;
  private Path root;

  @BeforeEach
  void writeOne() throws IOException {
    root = temporary.toRealPath();
    TestModels.write(root.resolve("v1"), "1");
  }

  @Test
  void shouldSayWhoTeaches() throws Exception {
    try (RecordingTeacherReloader school = new RecordingTeacherReloader(root)) {
      // when
      JsonNode teacher = get(school).path("teachers").path(0);

      // then
      assertThat(teacher.path("name").asText()).isEqualTo("net");
      assertThat(teacher.path("version").asText()).isEqualTo("1");
      assertThat(teacher.path("sha256").asText()).matches("[0-9a-f]{64}");
      assertThat(teacher.path("task").asText()).isEqualTo("classification");
      assertThat(teacher.path("path").asText()).isEqualTo(root.resolve("v1").toString());
      assertThat(teacher.path("root").asText()).isEqualTo(root.toString());
      assertThat(teacher.path("since").asText()).isEqualTo("2026-01-02T03:04:05Z");
      assertThat(teacher.get("loading").isNull()).isTrue();
      assertThat(teacher.get("lastFailure").isNull()).isTrue();
    }
  }

  @Test
  void shouldLookAtOnceWithoutWaiting() throws Exception {
    try (RecordingTeacherReloader school = new RecordingTeacherReloader(root)) {
      // given
      assertThat(post(school, Map.of(), "").status()).isEqualTo(200);
      Path two = TestModels.write(root.resolve("v2"), "2");
      school.gate = new CountDownLatch(1);

      // when
      Reply reply = post(school, Map.of(), "");

      // then
      assertThat(reply.status()).isEqualTo(202);
      assertThat(json(reply).path("loading").path(0).asText()).isEqualTo(two.toString());
      assertThat(post(school, Map.of(), "").status()).isEqualTo(409);
      await()
          .untilAsserted(
              () ->
                  assertThat(get(school).path("teachers").path(0).path("loading").asText())
                      .isEqualTo(two.toString()));
      assertThat(school.versions()).containsExactly("1");
      school.gate.countDown();
      await().untilAsserted(() -> assertThat(school.versions()).containsExactly("2"));
      await().untilAsserted(() -> assertThat(post(school, Map.of(), "").status()).isEqualTo(200));
    }
  }

  @Test
  void shouldTakeAnOlderOneByNameAndTheNewestAgain() throws Exception {
    // given
    TestModels.write(root.resolve("v2"), "2");
    try (RecordingTeacherReloader school = new RecordingTeacherReloader(root)) {
      // then
      assertThat(post(school, Map.of("path", "v1"), "").status()).isEqualTo(202);
      await().untilAsserted(() -> assertThat(school.versions()).containsExactly("1"));
      awaitIdle(school, Map.of("path", "v1"));
      assertThat(post(school, Map.of(), "{\"path\": \"" + root.resolve("v2") + "\"}").status())
          .isEqualTo(202);
      await().untilAsserted(() -> assertThat(school.versions()).containsExactly("2"));
    }
  }

  @Test
  void shouldTryAgainWhatWasBrokenWhenAskedTo() throws Exception {
    try (RecordingTeacherReloader school = new RecordingTeacherReloader(root)) {
      // given
      TestModels.write(root.resolve("v2"), "broken");

      // when
      assertThat(post(school, Map.of(), "").status()).isEqualTo(202);
      await().untilAsserted(() -> assertThat(school.failures).hasValue(1));
      await().untilAsserted(() -> assertThat(post(school, Map.of(), "").status()).isEqualTo(202));

      // then
      await().untilAsserted(() -> assertThat(school.failures).hasValue(2));
      JsonNode failure = get(school).path("teachers").path(0).path("lastFailure");
      assertThat(failure.path("path").asText()).isEqualTo(root.resolve("v2").toString());
      assertThat(failure.path("message").asText()).endsWith("is broken");
      assertThat(failure.path("at").asText()).isEqualTo("2026-01-02T03:04:05Z");
      assertThat(school.versions()).containsExactly("1");
    }
  }

  @Test
  void shouldSayWhatIsWrongWithAnOrder() throws Exception {
    try (RecordingTeacherReloader school = new RecordingTeacherReloader(root)) {
      assertRefused(school, Map.of("path", "../elsewhere"), "", 400, "path must lie below");
      assertRefused(school, Map.of("path", "/etc"), "", 400, "path must lie below");
      assertRefused(school, Map.of("path", "v7"), "", 404, "no teacher.yaml with its model in v7");
      assertRefused(school, Map.of("teacher", "1"), "", 400, "teacher must be from 0 to 0, was 1");
      assertRefused(school, Map.of("teacher", "x"), "", 400, "teacher must be a number");
      assertRefused(school, Map.of(), "{\"paht\": 1}", 400, "did you mean path?");
      assertRefused(school, Map.of(), "{", 400, "the body must be");
    }
  }

  @Test
  void shouldFindTheTeacherThatAnOrderMeans() throws Exception {
    // given
    Path left = Files.createDirectory(root.resolve("left"));
    Path right = Files.createDirectory(root.resolve("right"));
    TestModels.write(left.resolve("v1"), "l1");
    TestModels.write(right.resolve("v1"), "r1");
    try (RecordingTeacherReloader school = new RecordingTeacherReloader(left, right)) {
      TestModels.write(left.resolve("v2"), "l2");
      TestModels.write(right.resolve("v2"), "r2");
      TestModels.write(right.resolve("v3"), "r3");

      // then
      assertRefused(school, Map.of("path", "v2"), "", 400, "several teachers have a v2");
      assertThat(post(school, Map.of("path", "v3"), "").status()).isEqualTo(202);
      await().untilAsserted(() -> assertThat(school.versions()).containsExactly("l1", "r3"));
      awaitIdle(school, Map.of("path", "v3"));
      assertThat(post(school, Map.of(), "{path: v2, teacher: 0}").status()).isEqualTo(202);
      await().untilAsserted(() -> assertThat(school.versions()).containsExactly("l2", "r3"));
    }
  }

  @Test
  void shouldAskForPatienceBeforeThereIsATeacher() throws Exception {
    for (HttpEndpoint endpoint : new TeacherEndpoints(() -> null).all()) {
      assertThat(
              endpoint
                  .handler()
                  .handle(new HttpEndpoint.Request("", Map.of(), new byte[0]))
                  .status())
          .isEqualTo(503);
    }
  }

  /** An order for what teaches already is refused only while another one is under way. */
  private static void awaitIdle(RecordingTeacherReloader school, Map<String, String> order) {
    await().untilAsserted(() -> assertThat(post(school, order, "").status()).isEqualTo(200));
    await().until(() -> school.reloader.slots().stream().allMatch(c -> c.candidate().isEmpty()));
  }

  private static void assertRefused(
      RecordingTeacherReloader school,
      Map<String, String> parameters,
      String body,
      int status,
      String message)
      throws Exception {
    Reply reply = post(school, parameters, body);
    assertThat(reply.status()).isEqualTo(status);
    assertThat(json(reply).path("error").asText()).contains(message);
  }

  private static JsonNode get(RecordingTeacherReloader school) throws Exception {
    Reply reply = ask(school, "GET", Map.of(), "");
    assertThat(reply.status()).isEqualTo(200);
    return json(reply);
  }

  private static Reply post(
      RecordingTeacherReloader school, Map<String, String> parameters, String body)
      throws Exception {
    return ask(school, "POST", parameters, body);
  }

  private static Reply ask(
      RecordingTeacherReloader school, String method, Map<String, String> parameters, String body)
      throws Exception {
    HttpEndpoint endpoint =
        new TeacherEndpoints(() -> school.reloader)
            .all().stream().filter(one -> one.method().equals(method)).findFirst().orElseThrow();
    return endpoint
        .handler()
        .handle(new HttpEndpoint.Request("application/json", parameters, body.getBytes(UTF_8)));
  }

  private static JsonNode json(Reply reply) {
    return new ObjectMapper().valueToTree(reply.body());
  }
}
