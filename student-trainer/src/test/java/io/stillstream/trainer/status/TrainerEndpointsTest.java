package io.stillstream.trainer.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.runtime.augmentation.AnswerShift;
import io.stillstream.runtime.augmentation.AugmentationStatistics.ViewAnswers;
import io.stillstream.runtime.augmentation.OperationStrength;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.http.HttpEndpoint;
import io.stillstream.runtime.http.HttpEndpoint.Reply;
import io.stillstream.runtime.http.HttpEndpoint.Request;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.metrics.MicrometerTrainerMetrics;
import io.stillstream.trainer.release.PromotionRequests;
import io.stillstream.trainer.release.ReleaseStore;
import io.stillstream.trainer.training.StepReport;
import io.stillstream.trainer.training.accuracy.PrequentialTracker;
import io.stillstream.trainer.training.accuracy.TaskScorer;
import io.stillstream.trainer.training.accuracy.TaskViews;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainerEndpointsTest {
  private static final ModelSpec MODEL =
      ModelSpec.load(Path.of("src/test/resources/students/cnn"), "student");

  @TempDir Path directory;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final LoopMonitor monitor = LoopMonitor.create(System::nanoTime);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/training",
        "/training/confusion",
        "/training/augmentation",
        "/releases",
        "/trace"
      })
  void shouldAnswer503BeforeTheStart(String path) throws Exception {
    assertThat(get(endpoints(), path, Map.of("image", "a")).status()).isEqualTo(503);
  }

  @Test
  void shouldReportUnknownValuesAsNull() throws Exception {
    // when
    JsonNode state = json(get(started(), "/training", Map.of()));

    // then
    assertThat(state.path("student").asText()).isEqualTo("cnn");
    assertThat(state.path("classes")).hasSize(MODEL.classes().size());
    assertThat(state.path("steps").asLong(-1)).isZero();
    for (String name : List.of("loss", "studentAccuracy", "teacherAccuracy", "buffered")) {
      assertThat(state.get(name).isNull()).as(name).isTrue();
    }
  }

  @Test
  void shouldReportWhatTheMetersHold() throws Exception {
    // given
    Instant now = Instant.ofEpochSecond(100);
    MicrometerTrainerMetrics metrics =
        new MicrometerTrainerMetrics(
            meters, InstantSource.fixed(now), ModelTask.CLASSIFICATION, List.of("a", "b"));

    // when
    metrics.stepTaken(
        new StepReport(2.5, 2, 1, 1, 0.004, false, new float[0]), Duration.ofMillis(3));
    metrics.buffered(640, 1);
    metrics.trained(now.minusMillis(200));
    metrics.trained(now.minusMillis(400));
    monitor.status().set(new TrainerStatus(12, 384, 0, false, true, 77, 70));

    // then
    assertThat(get(started(), "/training", Map.of()).body())
        .isEqualTo(
            new TrainingState(
                "cnn",
                "classification",
                MODEL.classes(),
                12,
                384,
                2.5,
                null,
                null,
                null,
                0.004,
                640.0,
                77,
                2,
                600,
                70,
                128,
                new TrainingTime(0.003, 0, 0, 0)));
  }

  @Test
  void shouldComputeTheConfusionMatrixOnlyAfterARequest() throws Exception {
    // given
    TrainerEndpoints endpoints = started();
    AtomicInteger computed = new AtomicInteger();
    Supplier<Optional<long[][]>> matrix =
        () -> {
          computed.incrementAndGet();
          return Optional.of(new long[][] {{1}});
        };

    // when
    monitor.confusion().updateIfRequested(matrix);

    // then
    assertThat(computed).hasValue(0);
    assertThat(get(endpoints, "/training/confusion", Map.of()).status()).isEqualTo(404);

    // when: the window is empty, then it is not
    monitor.confusion().updateIfRequested(Optional::empty);
    monitor.confusion().updateIfRequested(matrix);
    monitor.confusion().updateIfRequested(matrix);

    // then
    assertThat(computed).hasValue(1);
    Reply reply = get(endpoints, "/training/confusion", Map.of());
    assertThat(reply.status()).isEqualTo(200);
    assertThat(json(reply).path("counts")).hasToString("[[1]]");
  }

  @Test
  void shouldReportTheScoresOfTheTask() throws Exception {
    // given
    ModelSpec fcn = ModelSpec.load(Path.of("src/test/resources/students/fcn"), "student");
    TrainerEndpoints endpoints = endpoints();
    endpoints.begin(fcn);
    TaskScorer scorer = TaskScorer.of(fcn.output());
    PrequentialTracker window = scorer.tracker(10);
    int[] background = new int[fcn.output().cells()];
    window.add(
        scorer.outcome(
            TaskViews.segmented(fcn.output(), background, background),
            TaskViews.favouring(fcn.output(), background),
            0));

    // when
    new MicrometerTrainerMetrics(meters, InstantSource.system(), fcn.task(), fcn.classes())
        .evaluated(window);
    JsonNode state = json(get(endpoints, "/training", Map.of()));

    // then
    assertThat(state.path("task").asText()).isEqualTo("segmentation");
    for (String name : List.of("studentAccuracy", "teacherAccuracy", "agreement")) {
      assertThat(state.path(name).asDouble()).as(name).isEqualTo(1);
    }
  }

  @Test
  void shouldSayThatEmbeddingsHaveNoConfusionMatrix() throws Exception {
    // given
    TrainerEndpoints endpoints = endpoints();
    endpoints.begin(ModelSpec.load(Path.of("src/test/resources/students/embedder"), "student"));

    // when
    Reply reply = get(endpoints, "/training/confusion", Map.of());

    // then
    assertThat(reply.status()).isEqualTo(404);
    assertThat(json(reply).path("error").asText())
        .isEqualTo("there is no matrix for embeddings: they have no classes");
    assertThat(json(get(endpoints, "/training", Map.of())).path("task").asText())
        .isEqualTo("embedding");
  }

  @Test
  void shouldReportTheCountsOfAugmentation() throws Exception {
    // given
    TrainerEndpoints endpoints = started();
    assertThat(json(get(endpoints, "/training/augmentation", Map.of())))
        .hasToString("{\"rows\":[]}");

    // when
    monitor
        .augmentation()
        .add(
            List.of(new OperationStrength("rotate", "degrees", 3, "4-8")),
            new ViewAnswers(
                Optional.of(new AnswerShift(true, 0.25)),
                Optional.of(false),
                Optional.of(new AnswerShift(false, 1.5))));

    // then
    assertThat(json(get(endpoints, "/training/augmentation", Map.of())).path("rows"))
        .hasToString(
            "[{\"operation\":\"rotate\",\"unit\":\"degrees\",\"strength\":\"4-8\",\"views\":1,"
                + "\"teacher\":{\"views\":1,\"sameClass\":1,\"divergence\":0.25},"
                + "\"labelled\":1,\"correct\":0,"
                + "\"student\":{\"views\":1,\"sameClass\":0,\"divergence\":1.5}}]");
  }

  @Test
  void shouldListNoReleasesBeforeTheFirst() throws Exception {
    assertThat(json(get(started(), "/releases", Map.of()))).hasToString("{\"releases\":[]}");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4001})
  void shouldRefuseToTraceAnIdThatIsEmptyOrTooLong(int length) throws Exception {
    // when
    Reply reply = get(started(), "/trace", Map.of("image", "x".repeat(length)));

    // then
    assertThat(reply.status()).isEqualTo(400);
    assertThat(json(reply).path("error").asText()).contains("1 to 4000 characters, had " + length);
  }

  private TrainerEndpoints endpoints() {
    TrainerConfig config =
        YamlSettings.parse(
            "kafka: {bootstrap.servers: 'localhost:1'}\nstudent: s\ndirectory: d",
            TrainerConfig.class,
            Map.of());
    return new TrainerEndpoints(
        config,
        monitor,
        new ReleaseStore(directory, new DurableFiles()),
        new PromotionRequests(),
        meters);
  }

  private TrainerEndpoints started() {
    TrainerEndpoints endpoints = endpoints();
    endpoints.begin(MODEL);
    return endpoints;
  }

  private static Reply get(TrainerEndpoints endpoints, String path, Map<String, String> parameters)
      throws InterruptedException {
    HttpEndpoint endpoint =
        endpoints.all().stream().filter(one -> one.path().equals(path)).findFirst().orElseThrow();
    return endpoint.handler().handle(new Request("", parameters, new byte[0]));
  }

  private static JsonNode json(Reply reply) {
    return new JsonMapper().valueToTree(reply.body());
  }
}
