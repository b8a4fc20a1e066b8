package io.stillstream.page.trainer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.stillstream.runtime.augmentation.AugmentationStatistics.ShiftTotal;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.IndexedPng;
import io.stillstream.schemas.image.PngDataUrl;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainerClientTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer server;
  private volatile int status = 200;
  private volatile String body = "";
  private volatile String request = "";
  private volatile String authorization = "";

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void answer(HttpExchange exchange) throws IOException {
    request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
    authorization = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
    exchange.getRequestBody().readAllBytes();
    byte[] bytes = body.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Test
  void shouldReadTheStateAndIgnoreFieldsThatItDoesNotKnow() throws Exception {
    // given
    body =
        """
        {"student": "cnn", "classes": ["a", "b"], "steps": 12, "viewsSeen": 384, "loss": 2.5,
         "studentAccuracy": null, "lag": 77, "aged": 2, "ageMillis": 600.0, "later": 1}
        """;

    // when
    TrainingStatus training = client(LONG).training();

    // then
    assertThat(request).isEqualTo("GET /training");
    assertThat(training.student()).isEqualTo("cnn");
    assertThat(training.task()).isEqualTo("classification");
    assertThat(training.classes()).containsExactly("a", "b");
    assertThat(training.steps()).isEqualTo(12);
    assertThat(training.loss()).isEqualTo(2.5);
    assertThat(training.studentAccuracy()).isNaN();
    assertThat(training.buffered()).isNaN();
    assertThat(training.lag()).isEqualTo(77);
    assertThat(training.isKnown()).isTrue();
  }

  @Test
  void shouldReadWhatTheTrainingThreadIsBusyWith() throws Exception {
    // given
    body =
        """
        {"student": "cnn", "classes": [], "steps": 12, "viewsSeen": 384, "backlog": 5, "batchSize": 128,
         "time": {"steps": 1.5, "decodeWait": 0.25, "evaluation": 0, "checkpoints": 2, "later": 1}}
        """;

    // when
    TrainingStatus training = client(LONG).training();

    // then
    assertThat(training.backlog()).isEqualTo(5);
    assertThat(training.batchSize()).isEqualTo(128);
    assertThat(training.time()).isEqualTo(new TrainerThreadTime(1.5, 0.25, 0, 2));
  }

  @Test
  void shouldPassOnHowGoodAReleaseWas() throws Exception {
    // given
    body = "{\"version\": 7, \"confusion\": null}";

    // when
    TrainerClient.Answer answer = client(LONG).evaluation(7);

    // then
    assertThat(request).isEqualTo("GET /releases/7/evaluation");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body().path("version").asLong()).isEqualTo(7);

    // when: a trainer of an earlier version
    status = 404;
    body = "{\"error\": \"not found\"}";

    // then
    assertThat(client(LONG).evaluation(7).status()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"<html>", "{}", "[]", "", "null", "{\"student\": 1, \"classes\": 2}"})
  void shouldRefuseWhatIsNoState(String answer) {
    // given
    body = answer;

    // then
    assertThatThrownBy(() -> client(LONG).training())
        .isInstanceOf(TrainerUnavailableException.class)
        .hasMessageContaining(url().toString());
  }

  @Test
  void shouldTellThatUserAndPasswordAreRefused() {
    // given
    status = 401;
    body = "{\"error\": \"user and password are needed\"}";

    // then
    assertThatThrownBy(() -> client(LONG).training())
        .asInstanceOf(InstanceOfAssertFactories.type(TrainerUnavailableException.class))
        .matches(TrainerUnavailableException::isUnauthorized)
        .hasToString(
            TrainerUnavailableException.class.getName()
                + ": "
                + url()
                + " answers 401 user and password are needed");
  }

  @Test
  void shouldSendUserAndPassword() throws Exception {
    // given
    body = "{\"releases\": []}";
    TrainerSettings settings =
        new TrainerSettings(url(), Optional.of("ops"), Optional.of("secret"), Optional.empty());

    // when
    List<ReleaseSummary> releases = new TrainerClient(settings).releases();

    // then
    assertThat(releases).isEmpty();
    assertThat(authorization).isEqualTo("Basic b3BzOnNlY3JldA==");
    assertThat(settings.toString()).doesNotContain("secret");
  }

  @Test
  void shouldTellThatNothingListens() {
    // given
    server.stop(0);

    // then
    assertThatThrownBy(() -> client(LONG).training())
        .isInstanceOf(TrainerUnavailableException.class)
        .hasMessageContaining("gives no answer");
  }

  @Test
  void shouldNotWaitForASlowAnswer() {
    // given
    CountDownLatch held = new CountDownLatch(1);
    server.removeContext("/");
    server.createContext(
        "/",
        exchange -> {
          try {
            held.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });

    // then
    assertThatThrownBy(() -> client(Duration.ofSeconds(3)).training())
        .isInstanceOf(TrainerUnavailableException.class)
        .hasMessageContaining("gives no answer: it took too long");
    held.countDown();
  }

  @Test
  void shouldReadTheConfusionMatrixOrThatThereIsNone() throws Exception {
    // given
    body = "{\"classes\": [\"a\", \"b\"], \"counts\": [[3, 1], [0, 2]]}";

    // then
    assertThat(client(LONG).confusion().orElseThrow()).isDeepEqualTo(new long[][] {{3, 1}, {0, 2}});

    // when
    status = 404;

    // then
    assertThat(client(LONG).confusion()).isEmpty();
  }

  @Test
  void shouldReadWhatAugmentationDoesOrNothingFromAnOlderTrainer() throws Exception {
    // given
    body =
        """
        {"rows": [{"operation": "rotate", "unit": "degrees", "strength": "4-8", "views": 5,
          "teacher": {"views": 4, "sameClass": 3, "divergence": 0.5}, "labelled": 2, "correct": 1,
          "student": {"views": 5, "sameClass": 2, "divergence": 1.5}, "later": 1},
         {"operation": "later"}]}
        """;

    // then
    ShiftTotal none = new ShiftTotal(0, 0, 0);
    assertThat(client(LONG).augmentation())
        .containsExactly(
            new AugmentationSummary(
                "rotate",
                "degrees",
                "4-8",
                5,
                new ShiftTotal(4, 3, 0.5),
                2,
                1,
                new ShiftTotal(5, 2, 1.5)),
            new AugmentationSummary("later", null, "", 0, none, 0, 0, none));
    assertThat(request).isEqualTo("GET /training/augmentation");

    // when
    status = 404;

    // then
    assertThat(client(LONG).augmentation()).isEmpty();
  }

  @Test
  void shouldAskTheChampionAboutPixels() throws Exception {
    // given
    body =
        """
        {"class": "b", "probabilities": [{"class": "b", "index": 1, "probability": 0.66666},
         {"class": "a", "index": 0, "probability": 0.33334}]}
        """;

    // then
    assertThat(client(LONG).predict(new byte[6], 2, 3, 1))
        .contains(
            new PredictedView(
                List.of(new ClassProbability("b", 0.6667), new ClassProbability("a", 0.3333)),
                null,
                null));
    assertThat(request).isEqualTo("POST /predict?height=2&width=3&channels=1&top=3");

    // when: there is no release yet
    status = 503;
    body = "{\"error\": \"there is no release yet\"}";

    // then
    assertThat(client(LONG).predict(new byte[6], 2, 3, 1)).isEmpty();
  }

  @Test
  void shouldReadMasksAndEmbeddings() throws Exception {
    // given
    SegmentationMask mask = new SegmentationMask(1, 3, new byte[] {0, 2, 1});
    body =
        "{\"task\": \"segmentation\", \"mask\": \"%s\"}"
            .formatted(PngDataUrl.url(IndexedPng.encode(mask)));

    // then
    assertThat(client(LONG).predict(new byte[3], 1, 3, 1))
        .contains(new PredictedView(null, mask, null));

    // when
    body = "{\"task\": \"embedding\", \"embedding\": [0.5, -2]}";

    // then
    assertThat(client(LONG).predict(new byte[3], 1, 3, 1).orElseThrow().embedding())
        .containsExactly(0.5f, -2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"data:image/png;base64,iVBO", "data:image/png;base64,?", ""})
  void shouldRefuseADamagedMask(String mask) {
    // given
    body = "{\"mask\": \"%s\"}".formatted(mask);

    // then
    assertThatThrownBy(() -> client(LONG).predict(new byte[3], 1, 3, 1))
        .isInstanceOf(TrainerUnavailableException.class)
        .hasMessageContaining("does not answer as a trainer does");
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 400, 404, 503})
  void shouldPassTracesOn(int code) throws Exception {
    // given
    status = code;
    body = "{\"error\": \"as it was\"}";

    // when
    TrainerClient.Answer answer = client(LONG).trace("a b/ü");

    // then
    assertThat(request).isEqualTo("GET /trace?image=a+b%2F%C3%BC");
    assertThat(answer.status()).isEqualTo(code);
    assertThat(answer.body()).hasToString("{\"error\":\"as it was\"}");
  }

  private URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private TrainerClient client(Duration timeout) {
    return new TrainerClient(
        new TrainerSettings(url(), Optional.empty(), Optional.empty(), Optional.empty()), timeout);
  }
}
