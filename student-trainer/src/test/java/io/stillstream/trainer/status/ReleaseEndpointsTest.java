package io.stillstream.trainer.status;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stillstream.runtime.http.HttpEndpoint;
import io.stillstream.runtime.http.HttpEndpoint.FileBody;
import io.stillstream.runtime.http.HttpEndpoint.Kind;
import io.stillstream.runtime.http.HttpEndpoint.Reply;
import io.stillstream.runtime.http.HttpEndpoint.Request;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.values.Sha256;
import io.stillstream.trainer.TrainerFixture;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.release.PromotionRequests;
import io.stillstream.trainer.release.PromotionRequests.Promoter;
import io.stillstream.trainer.release.PromotionRequests.Promotion;
import io.stillstream.trainer.release.Release;
import io.stillstream.trainer.release.ReleaseStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ReleaseEndpointsTest {
  private static final byte[] MODEL = "weights".getBytes(UTF_8);
  private static final byte[] ONNX = "onnx".getBytes(UTF_8);
  private static final String PROMOTE = "/releases/{version}/promote";
  private static final String FILE = "/releases/{version}/student.pt";
  private static final String EVALUATION = "/releases/{version}/evaluation";
  private static final String ONNX_FILE = "/releases/{version}/student.onnx";

  @TempDir Path directory;
  private final PromotionRequests promotions = new PromotionRequests();
  private ReleaseStore store;
  private Optional<ModelSpec> model = Optional.of(TrainerFixture.MODEL);

  @BeforeEach
  void open() throws IOException {
    store = new ReleaseStore(directory, new DurableFiles());
    store.adopt(1, Map.of("student.pt", MODEL, "model-card.json", card(1, "")));
    String onnx =
        "\"onnx\": {\"file\": \"student.onnx\", \"sha256\": \"%s\", \"opset\": 17},"
            .formatted(Sha256.hex(ONNX));
    store.adopt(
        2, Map.of("student.pt", MODEL, "student.onnx", ONNX, "model-card.json", card(2, onnx)));
  }

  private static byte[] card(int version, String onnx) {
    return """
        {"student": "cnn", "version": %d, "file": "student.pt", "sha256": "%s", %s
         "topic": "labeled-views", "offsets": {}, "teachers": [], "policy_hashes": [],
         "metrics": {}, "created_at": "2026-11-24T00:00:00Z"}
        """
        .formatted(version, Sha256.hex(MODEL), onnx)
        .getBytes(UTF_8);
  }

  @Test
  void shouldTakeChangesFromTheUserOnlyAndSendFilesInALaneOfTheirOwn() {
    // then
    assertThat(endpoint("POST", PROMOTE).kind()).isEqualTo(Kind.CHANGE);
    assertThat(endpoint("POST", "/releases/rollback").kind()).isEqualTo(Kind.CHANGE);
    assertThat(endpoint("GET", FILE).kind()).isEqualTo(Kind.DOWNLOAD);
    assertThat(endpoint("GET", ONNX_FILE).kind()).isEqualTo(Kind.DOWNLOAD);
    assertThat(endpoint("GET", "/releases").kind()).isEqualTo(Kind.ANSWER);
  }

  @Test
  void shouldSendFilesWithTheHashOfTheCard() throws Exception {
    // when
    FileBody file = (FileBody) ask("GET", FILE, "2").body();
    FileBody onnx = (FileBody) ask("GET", ONNX_FILE, "2").body();

    // then
    assertThat(file.sha256()).isEqualTo(Sha256.hex(MODEL));
    assertThat(file.name()).isEqualTo("student.pt");
    assertThat(content(file)).isEqualTo(MODEL);
    assertThat(onnx.sha256()).isEqualTo(Sha256.hex(ONNX));
    assertThat(content(onnx)).isEqualTo(ONNX);
  }

  private static byte[] content(FileBody body) throws IOException {
    try (var file = body.file()) {
      ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
      int read = 0;
      while (bytes.hasRemaining() && read >= 0) {
        read = file.read(bytes);
      }
      return bytes.array();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"9", "0", "01", "-1", "..", "%31", "1 ", "current", "9999999999999999999"})
  void shouldKnowNoOtherVersion(String version) throws Exception {
    // then
    for (HttpEndpoint endpoint :
        new HttpEndpoint[] {
          endpoint("POST", PROMOTE), endpoint("GET", FILE), endpoint("GET", EVALUATION)
        }) {
      Reply reply = endpoint.handler().handle(request(version));
      assertThat(reply.status()).isEqualTo(404);
      assertThat(error(reply)).isEqualTo("there is no release of version " + version);
    }
  }

  @Test
  void shouldSayWhatARelaseDoesNotHaveAndWhatIsDamaged() throws Exception {
    // given
    Files.delete(directory.resolve("2/student.pt"));
    Files.writeString(directory.resolve("1/model-card.json"), "{");

    // then
    assertThat(ask("GET", FILE, "2").status()).isEqualTo(409);
    assertThat(error(ask("GET", FILE, "2")))
        .isEqualTo(directory.resolve("2") + " is damaged: its student.pt is gone");
    assertThat(ask("GET", FILE, "1").status()).isEqualTo(409);
    assertThat(error(ask("GET", FILE, "1")))
        .contains("1 is damaged: its model-card.json cannot be read");
    open();
    assertThat(ask("GET", ONNX_FILE, "1").status()).isEqualTo(404);
    assertThat(error(ask("GET", ONNX_FILE, "1")))
        .isEqualTo("the release of version 1 has no student.onnx");
  }

  @Test
  void shouldTellHowGoodAReleaseWasWhenItWasMade() throws Exception {
    // given
    String measured =
        """
        "step": 12, "metrics_of_a_later_version": {},
        "confusion": {"measured_on": "held-out", "images": 3, "counts": [[2, 1], [0, 0]], "new": 1},
        "gate": {"passed": true, "measured_on": "held-out", "baseline": 2, "images": 3,
                 "challenger": 0.75, "best": 0.5, "allowed": 0.01},""";
    store.adopt(3, Map.of("student.pt", MODEL, "model-card.json", card(3, measured)));

    // when
    JsonNode evaluation = new JsonMapper().valueToTree(ask("GET", EVALUATION, "3").body());

    // then
    assertThat(evaluation.path("task").asText()).isEqualTo("classification");
    assertThat(evaluation.path("alias").asText()).isEqualTo("champion");
    assertThat(evaluation.path("classes")).hasSize(TrainerFixture.MODEL.classes().size());
    assertThat(evaluation.path("confusion"))
        .hasToString("{\"measuredOn\":\"held-out\",\"images\":3,\"counts\":[[2,1],[0,0]]}");
    assertThat(evaluation.path("gate").path("baseline").asLong()).isEqualTo(2);
    assertThat(evaluation.path("gate").path("measuredOn").asText()).isEqualTo("held-out");
  }

  @Test
  void shouldTellThatACardOfAnEarlierVersionHasNoMatrix() throws Exception {
    // when
    JsonNode evaluation = new JsonMapper().valueToTree(ask("GET", EVALUATION, "1").body());

    // then
    assertThat(evaluation.path("version").asLong()).isEqualTo(1);
    assertThat(evaluation.path("confusion").isNull()).isTrue();
    assertThat(evaluation.path("gate").isNull()).isTrue();
  }

  @Test
  void shouldSayThatTheCardOfAnEvaluationIsDamaged() throws Exception {
    // given
    Files.writeString(directory.resolve("1/model-card.json"), "{");

    // when
    Reply reply = ask("GET", EVALUATION, "1");

    // then
    assertThat(reply.status()).isEqualTo(409);
    assertThat(error(reply)).contains("1 is damaged: its model-card.json cannot be read");
  }

  @Test
  void shouldAnswerAPromotionWhenTheLoopHasMadeIt() throws Exception {
    // when
    Reply reply = serve("POST", PROMOTE, "1", version -> new Promotion(version.orElseThrow(), 2));

    // then
    assertThat(reply).isEqualTo(Reply.ok(Map.of("student", "cnn", "version", 1L, "before", 2L)));
  }

  @Test
  void shouldSayWhyAPromotionIsImpossibleOrFailed() throws Exception {
    // then
    Reply impossible =
        serve(
            "POST",
            "/releases/rollback",
            "2", // as a parameter behind a question mark: it has no meaning there
            version -> {
              assertThat(version).isEmpty();
              throw new IllegalStateException(Release.read(store, 9).toString());
            });
    assertThat(impossible.status()).isEqualTo(409);
    assertThat(error(impossible)).isEqualTo("there is no version 9 in " + directory);
    Reply failed =
        serve(
            "POST",
            PROMOTE,
            "1",
            version -> {
              throw new IOException("no space left");
            });
    assertThat(failed.status()).isEqualTo(503);
    assertThat(error(failed))
        .isEqualTo(
            "the promotion failed, GET /releases shows the champion: java.io.IOException: no space"
                + " left");
  }

  @Test
  void shouldAnswerNothingBeforeTheTrainingHasStarted() throws Exception {
    // given
    model = Optional.empty();

    // then
    assertThat(ask("GET", FILE, "2").status()).isEqualTo(503);
    assertThat(ask("POST", PROMOTE, "2").status()).isEqualTo(503);
    assertThat(ask("GET", "/releases", "").status()).isEqualTo(503);
  }

  /** As the loop does it, while the endpoint waits. */
  private Reply serve(String method, String path, String version, Promoter promoter) {
    CompletableFuture<Reply> reply =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return ask(method, path, version);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              boolean unused = promotions.serve(promoter);
              return reply.isDone();
            });
    return reply.join();
  }

  private Reply ask(String method, String path, String version) throws InterruptedException {
    return endpoint(method, path).handler().handle(request(version));
  }

  private static Request request(String version) {
    return new Request("", version.isEmpty() ? Map.of() : Map.of("version", version), new byte[0]);
  }

  private HttpEndpoint endpoint(String method, String path) {
    return new ReleaseEndpoints(store, promotions, () -> model)
        .all().stream()
            .filter(one -> one.path().equals(path) && one.method().equals(method))
            .findFirst()
            .orElseThrow();
  }

  private static String error(Reply reply) {
    return new JsonMapper().valueToTree(reply.body()).path("error").asText();
  }
}
