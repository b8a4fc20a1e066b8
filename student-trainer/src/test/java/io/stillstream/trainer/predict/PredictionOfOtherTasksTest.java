package io.stillstream.trainer.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stillstream.runtime.http.BinaryBody;
import io.stillstream.runtime.http.HttpEndpoint;
import io.stillstream.runtime.http.HttpEndpoint.Reply;
import io.stillstream.runtime.http.HttpEndpoint.Request;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.IndexedPng;
import io.stillstream.trainer.checkpoint.store.PromotionState;
import io.stillstream.trainer.checkpoint.store.TopicIdentity;
import io.stillstream.trainer.checkpoint.store.TrainerState;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.release.ReleaseMeasurements;
import io.stillstream.trainer.release.ReleaseStore;
import io.stillstream.trainer.release.ReleaseWriter;
import io.stillstream.trainer.torch.InferenceStudent;
import io.stillstream.trainer.training.example.BatchBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code POST /predict} of students that are no classifiers. */
class PredictionOfOtherTasksTest {
  private static final Path STUDENTS = Path.of("src/test/resources/students");
  private static final byte GREY = (byte) 128;

  @TempDir Path directory;

  @Test
  void shouldAnswerWithAMaskOfTheInputsSize() throws Exception {
    // given
    ModelSpec model = model("fcn");
    SegmentationMask expected = SegmentationMask.ofPixels(answer(model), model.output());

    // when
    Map<?, ?> json = (Map<?, ?>) predict(model, Map.of()).body();

    // then
    assertThat(json.keySet())
        .map(String::valueOf)
        .containsExactly(
            "student", "version", "sha256", "step", "task", "height", "width", "classes", "mask");
    assertThat(json.get("task")).isEqualTo("segmentation");
    assertThat(List.of(json.get("height"), json.get("width"))).isEqualTo(List.of(8, 12));
    assertThat(json.get("classes")).isEqualTo(List.of("background", "a", "b"));
    String url = (String) json.get("mask");
    assertThat(url).startsWith("data:image/png;base64,");
    byte[] file = Base64.getDecoder().decode(url.substring(url.indexOf(',') + 1));
    assertThat(IndexedPng.decode(file)).isEqualTo(expected);
  }

  @Test
  void shouldAnswerWithTheMaskAsAFile() throws Exception {
    // given
    ModelSpec model = model("fcn");
    SegmentationMask expected = SegmentationMask.ofPixels(answer(model), model.output());

    // when
    BinaryBody body = (BinaryBody) predict(model, Map.of("format", "png")).body();

    // then
    assertThat(body.type()).isEqualTo("image/png");
    assertThat(IndexedPng.decode(body.bytes())).isEqualTo(expected);
  }

  @Test
  void shouldAnswerWithAnEmbedding() throws Exception {
    // given
    ModelSpec model = model("embedder");

    // when
    Map<?, ?> json = (Map<?, ?>) predict(model, Map.of()).body();

    // then
    assertThat(json.keySet())
        .map(String::valueOf)
        .containsExactly("student", "version", "sha256", "step", "task", "embedding");
    assertThat(json.get("task")).isEqualTo("embedding");
    assertThat((float[]) json.get("embedding")).hasSize(6).isEqualTo(answer(model));
  }

  @Test
  void shouldRefuseAPictureOfWhatIsNone() throws Exception {
    // when
    Reply reply = predict(model("embedder"), Map.of("format", "png"));

    // then
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.body())
        .isEqualTo(
            Map.of(
                "error",
                "parameter format must be json, was png: the student's answer is no mask"));
  }

  @Test
  void shouldRefuseAFormatThatItDoesNotKnow() throws Exception {
    // when
    Reply reply = predict(model("fcn"), Map.of("format", "gif"));

    // then
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.body())
        .isEqualTo(Map.of("error", "parameter format must be json or png, was gif"));
  }

  private static ModelSpec model(String name) {
    return ModelSpec.load(STUDENTS.resolve(name), "student");
  }

  /** What the model says of a grey picture. */
  private static float[] answer(ModelSpec model) throws IOException {
    try (InferenceStudent student = InferenceStudent.load(Files.readAllBytes(model.file()), 1)) {
      return student.predict(new BatchBuilder(model, 0).grey(1));
    }
  }

  /** The answer to a grey picture, after the model has become champion. */
  private Reply predict(ModelSpec model, Map<String, String> parameters) throws Exception {
    ReleaseStore store = new ReleaseStore(directory, new DurableFiles());
    new ReleaseWriter(
            store,
            5,
            model,
            Map.of(),
            () -> {},
            InstantSource.fixed(Instant.EPOCH),
            Optional.empty())
        .write(state(model), Files.readAllBytes(model.file()), ReleaseMeasurements.NONE);
    try (ChampionPredictor predictor =
        new ChampionPredictor(store, 1, 10_000, Duration.ofMillis(5))) {
      predictor.start();
      await().until(() -> predictor.fit().isPresent());
      HttpEndpoint endpoint =
          new PredictEndpoint(predictor, (outcome, took) -> {}, System::nanoTime, () -> "")
              .endpoint(10_000);
      byte[] grey = new byte[model.height() * model.width()];
      Arrays.fill(grey, GREY);
      Map<String, String> all = new HashMap<>(parameters);
      all.put("height", Integer.toString(model.height()));
      all.put("width", Integer.toString(model.width()));
      all.put("channels", "1");
      return endpoint.handler().handle(new Request("application/x-raw-pixels", all, grey));
    }
  }

  private static TrainerState state(ModelSpec model) {
    return new TrainerState(
        model.name(),
        "ab",
        "labeled-views",
        Map.of(0, 7L),
        100,
        300,
        0,
        List.of(),
        List.of(),
        0.25,
        0.004,
        "",
        1,
        100,
        0,
        List.of(),
        PromotionState.begin(1),
        null,
        List.of(),
        Map.of(),
        TopicIdentity.UNKNOWN,
        Map.of());
  }
}
