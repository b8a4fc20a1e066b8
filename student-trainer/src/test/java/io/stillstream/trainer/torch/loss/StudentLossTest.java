package io.stillstream.trainer.torch.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.trainer.torch.Libtorch;
import io.stillstream.trainer.torch.ModelFixtures;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.example.TrainingExample;
import io.stillstream.trainer.training.hyperparameters.LossSettings;
import io.stillstream.trainer.training.hyperparameters.LossSettings.DistSettings;
import io.stillstream.trainer.training.hyperparameters.LossSettings.DkdSettings;
import io.stillstream.trainer.training.hyperparameters.LossSettings.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every loss and its gradient against PyTorch, which computed them in double precision. */
class StudentLossTest {
  private static final int CLASSES = 5;

  @BeforeEach
  void prepare() {
    Libtorch.prepareThread();
  }

  static Stream<Arguments> cases() throws IOException {
    JsonNode cases = new ObjectMapper().readTree(ModelFixtures.bytes("losses.json"));
    assertThat(cases).hasSize(30);
    return StreamSupport.stream(cases.spliterator(), false)
        .map(node -> Arguments.of(node.get("name").asText(), node));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void shouldBeWhatPyTorchComputes(String name, JsonNode golden) {
    // given
    LossSettings settings =
        new LossSettings(
            kind(golden.get("kind").asText()),
            golden.get("temperature").asDouble(),
            golden.get("alpha").asDouble(),
            golden.get("smoothing").asDouble(),
            new DkdSettings(golden.at("/dkd/0").asDouble(), golden.at("/dkd/1").asDouble()),
            new DistSettings(golden.at("/dist/0").asDouble(), golden.at("/dist/1").asDouble()));
    TrainingBatch batch =
        new BatchBuilder(ModelFixtures.spec("mlp"), settings).build(views(golden));

    // when
    Result result = derive(settings, floats(golden.get("student")), batch);

    // then
    double distillation = golden.get("distillation").asDouble();
    double labels = golden.get("labels").asDouble();
    assertThat(result.distillation).isCloseTo(distillation, within(1e-5 * (1 + distillation)));
    assertThat(result.labels).isCloseTo(labels, within(1e-5 * (1 + labels)));
    assertThat(result.total)
        .isCloseTo(distillation + labels, within(1e-5 * (1 + distillation + labels)));
    float[] gradient = floats(golden.get("gradient"));
    for (int i = 0; i < gradient.length; i++) {
      assertThat(result.gradient.get(i)).isCloseTo(gradient[i], within(1e-5f));
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void shouldStayFiniteWhereNothingVariesAndWhereAllIsCertain(Kind kind) {
    // given
    float[] flat = new float[CLASSES];
    float[] certain = {1e6f, -1e6f, 0, 0, 0};
    float[] other = {-50, 90, 0, 0, 0};
    byte[] pixels = new byte[64];
    List<TrainingExample> views = new ArrayList<>();
    for (float[] logits : List.of(flat, certain, other, certain)) {
      views.add(new TrainingExample(PixelEncoding.RAW, pixels, logits, LabelTarget.of(1), true));
      views.add(new TrainingExample(PixelEncoding.RAW, pixels, logits, null, true));
    }
    LossSettings settings =
        new LossSettings(kind, 4, 0.9, 0, new DkdSettings(1, 8), new DistSettings(2, 2));
    TrainingBatch batch = new BatchBuilder(ModelFixtures.spec("mlp"), settings).build(views);
    float[] confident = new float[views.size() * CLASSES];
    for (int i = 2; i < views.size(); i++) {
      confident[i * CLASSES + i % CLASSES] = 1000;
    }

    for (float[] student : List.of(new float[views.size() * CLASSES], confident)) {
      // when
      Result result = derive(settings, student, batch);

      // then
      assertThat(result.total).isFinite().isGreaterThanOrEqualTo(0);
      assertThat(result.gradient).allSatisfy(value -> assertThat(value).isFinite());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"DIST"},
      mode = EnumSource.Mode.EXCLUDE)
  void shouldAddUpOverThePartsOfABatch(Kind kind) throws IOException {
    // given
    LossSettings settings =
        new LossSettings(kind, 4, 0.7, 0.1, new DkdSettings(1, 8), new DistSettings(2, 2));
    JsonNode golden =
        new ObjectMapper()
            .readTree(ModelFixtures.bytes("losses.json"))
            .get(3); // some of everything
    TrainingBatch batch =
        new BatchBuilder(ModelFixtures.spec("mlp"), settings).build(views(golden));
    float[] student = floats(golden.get("student"));
    Result whole = derive(settings, student, batch);

    // when
    List<TrainingBatch> parts = batch.parts(3);
    double total = 0;
    List<Float> gradient = new ArrayList<>();
    int from = 0;
    for (TrainingBatch part : parts) {
      int to = from + part.size() * CLASSES;
      Result result = derive(settings, Arrays.copyOfRange(student, from, to), part);
      from = to;
      total += result.total;
      gradient.addAll(result.gradient);
    }

    // then
    assertThat(parts).extracting(TrainingBatch::size).containsExactly(2, 2, 3);
    assertThat(total).isCloseTo(whole.total, within(1e-5));
    for (int i = 0; i < gradient.size(); i++) {
      assertThat(gradient.get(i)).isCloseTo(whole.gradient.get(i), within(1e-6f));
    }
  }

  @Tag("slow")
  @ParameterizedTest
  @EnumSource(Kind.class)
  void shouldNotLoseWhatTheGarbageCollectorCouldTake(Kind kind) throws IOException {
    // given
    LossSettings settings =
        new LossSettings(kind, 4, 0.7, 0.1, new DkdSettings(1, 8), new DistSettings(2, 2));
    JsonNode golden = new ObjectMapper().readTree(ModelFixtures.bytes("losses.json")).get(3);
    TrainingBatch batch =
        new BatchBuilder(ModelFixtures.spec("mlp"), settings).build(views(golden));
    float[] student = floats(golden.get("student"));
    List<Float> expected = derive(settings, student, batch).gradient;

    for (int i = 0; i < 3; i++) {
      // when
      Result result = derive(settings, student, batch, System::gc);

      // then
      assertThat(result.gradient).isEqualTo(expected);
    }
  }

  @Test
  void shouldNotMakePartsOfASingleView() {
    // given
    TrainingBatch batch =
        new BatchBuilder(ModelFixtures.spec("mlp"), 0.9)
            .build(
                List.of(
                    new TrainingExample(PixelEncoding.RAW, new byte[64], new float[5], null, true),
                    new TrainingExample(PixelEncoding.RAW, new byte[64], new float[5], null, true),
                    new TrainingExample(
                        PixelEncoding.RAW, new byte[64], new float[5], null, true)));

    // then
    assertThat(batch.parts(8)).containsExactly(batch);
  }

  private record Result(double total, double distillation, double labels, List<Float> gradient) {}

  private static Result derive(LossSettings settings, float[] student, TrainingBatch batch) {
    return derive(settings, student, batch, () -> {});
  }

  private static Result derive(
      LossSettings settings, float[] student, TrainingBatch batch, Runnable between) {
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      StudentLoss loss = new StudentLoss(manager, settings);
      NDArray logits = manager.create(student, new Shape(batch.size(), CLASSES));
      NDArray one = manager.create(1f);
      logits.setRequiresGradient(true);
      Libtorch.gradients(true);
      StudentLoss.LossParts parts = loss.of(manager, logits, batch);
      between.run();
      Libtorch.backward(parts.total(), one);
      Libtorch.gradients(false);
      try (NDArray gradient = Libtorch.gradient(logits)) {
        return new Result(
            parts.total().getFloat(),
            parts.distillation().getFloat(),
            parts.labels().getFloat(),
            list(gradient.toFloatArray()));
      }
    }
  }

  /** 0: logits and label, 1: no label, 2: no logits, 3: logits and a mixed label. */
  private static List<TrainingExample> views(JsonNode golden) {
    float[] teacher = floats(golden.get("teacher"));
    List<TrainingExample> views = new ArrayList<>();
    for (int i = 0; i < golden.get("views").size(); i++) {
      int kind = golden.get("views").get(i).asInt();
      views.add(
          new TrainingExample(
              PixelEncoding.RAW,
              new byte[64],
              kind == 2 ? null : Arrays.copyOfRange(teacher, i * CLASSES, (i + 1) * CLASSES),
              kind == 1
                  ? null
                  : new LabelTarget(
                      golden.get("primary").get(i).asInt(),
                      golden.get("secondary").get(i).asInt(),
                      golden.get("share").get(i).floatValue()),
              true));
    }
    return views;
  }

  private static float[] floats(JsonNode array) {
    float[] values = new float[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).floatValue();
    }
    return values;
  }

  private static List<Float> list(float[] values) {
    List<Float> list = new ArrayList<>();
    for (float value : values) {
      list.add(value);
    }
    return list;
  }

  private static Kind kind(String name) {
    return Kind.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
