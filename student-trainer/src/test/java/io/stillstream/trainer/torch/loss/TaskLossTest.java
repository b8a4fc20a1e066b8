package io.stillstream.trainer.torch.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.answer.LabeledAnswers;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.MaskCodec;
import io.stillstream.schemas.values.ByteArrays;
import io.stillstream.trainer.LabeledViewFixtures;
import io.stillstream.trainer.torch.Libtorch;
import io.stillstream.trainer.torch.ModelFixtures;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.PackedAnswer;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.example.TrainingExample;
import io.stillstream.trainer.training.example.ViewIdentity;
import io.stillstream.trainer.training.hyperparameters.LossSettings;
import io.stillstream.trainer.training.hyperparameters.LossSettings.DistSettings;
import io.stillstream.trainer.training.hyperparameters.LossSettings.DkdSettings;
import io.stillstream.trainer.training.hyperparameters.LossSettings.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The losses of segmentation and embedding, and their gradients, against PyTorch, which computed
 * them in double precision.
 */
class TaskLossTest {
  private static final int VIEWS = 4;

  @BeforeEach
  void prepare() {
    Libtorch.prepareThread();
  }

  static Stream<Arguments> denseCases() throws IOException {
    return cases("dense-losses.json", 24);
  }

  static Stream<Arguments> embeddingCases() throws IOException {
    return cases("embedding-losses.json", 12)
        .filter(arguments -> ((JsonNode) arguments.get()[1]).get("projection").isNull());
  }

  private static Stream<Arguments> cases(String file, int count) throws IOException {
    JsonNode cases = new ObjectMapper().readTree(ModelFixtures.bytes(file));
    assertThat(cases).hasSize(count);
    return StreamSupport.stream(cases.spliterator(), false)
        .map(node -> Arguments.of(node.get("name").asText(), node));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("denseCases")
  void shouldBeWhatPyTorchComputesForCells(String name, JsonNode golden) {
    // given
    LossSettings settings = settings(golden, golden.get("smoothing").asDouble());
    TrainingBatch batch =
        new BatchBuilder(ModelFixtures.spec("fcn"), settings).build(dense(golden));
    float[] student = floats(golden.get("student"));

    // when
    Result result = derive(settings, student, List.of(batch), () -> {});

    // then
    assertThat(batch.targets().teacherWeights())
        .containsExactly(floats(golden.get("teacherWeights")));
    assertThat(batch.targets().labelWeights())
        .containsExactly(floats(golden.get("labelWeights")), within(1e-7f));
    assertThat(batch.total()).isEqualTo(golden.get("divisor").asInt());
    double distillation = golden.get("distillation").asDouble();
    double labels = golden.get("labels").asDouble();
    assertThat(result.distillation).isCloseTo(distillation, within(1e-5 * (1 + distillation)));
    assertThat(result.labels).isCloseTo(labels, within(1e-5 * (1 + labels)));
    assertThat(result.gradient).containsExactly(floats(golden.get("gradient")), within(1e-5f));

    // when: in two parts, and with the garbage collector at the wrong moment
    Result parts = derive(settings, student, batch.parts(2), System::gc);

    // then
    assertThat(parts.gradient).containsExactly(result.gradient, within(1e-7f));
    assertThat(parts.total).isCloseTo(result.total, within(1e-5));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("embeddingCases")
  void shouldBeWhatPyTorchComputesForEmbeddings(String name, JsonNode golden) {
    // given
    LossSettings settings = settings(golden, 0);
    TrainingBatch batch =
        new BatchBuilder(ModelFixtures.spec("embedder"), settings).build(embedded(golden));
    float[] student = floats(golden.get("student"));

    // when
    Result result = derive(settings, student, List.of(batch), System::gc);

    // then
    double loss = golden.get("loss").asDouble();
    assertThat(result.distillation).isCloseTo(loss, within(1e-5 * (1 + loss)));
    assertThat(result.labels).isZero();
    assertThat(result.total).isEqualTo(result.distillation);
    assertThat(result.gradient).containsExactly(floats(golden.get("gradient")), within(1e-5f));
  }

  private static LossSettings settings(JsonNode golden, double smoothing) {
    return new LossSettings(
        Kind.valueOf(golden.get("kind").asText().toUpperCase(Locale.ROOT).replace('-', '_')),
        golden.path("temperature").asDouble(1),
        golden.path("alpha").asDouble(0.9),
        smoothing,
        new DkdSettings(1, 8),
        new DistSettings(2, 2));
  }

  /** 0: mask and answer, 1: no mask, 2: no answer. */
  private static List<TrainingExample> dense(JsonNode golden) {
    OutputShape output = ModelFixtures.spec("fcn").output();
    int height = output.height() * output.stride();
    int width = output.width() * output.stride();
    float[] teacher = floats(golden.get("teacher"));
    List<TrainingExample> views = new ArrayList<>();
    for (int i = 0; i < VIEWS; i++) {
      int kind = golden.get("views").get(i).asInt();
      byte[] classes = new byte[height * width];
      for (int p = 0; p < classes.length; p++) {
        classes[p] = (byte) golden.get("masks").get(i * classes.length + p).asInt();
      }
      views.add(
          new TrainingExample(
              PixelEncoding.RAW,
              new byte[height * width],
              kind == 2 ? null : answer(teacher, i, output),
              null,
              kind == 1
                  ? null
                  : ByteArrays.copyOf(
                      MaskCodec.encode(new SegmentationMask(height, width, classes))),
              true,
              0,
              ViewIdentity.UNKNOWN));
    }
    return views;
  }

  private static List<TrainingExample> embedded(JsonNode golden) {
    OutputShape output = ModelFixtures.spec("embedder").output();
    float[] teacher = floats(golden.get("teacher"));
    List<TrainingExample> views = new ArrayList<>();
    for (int i = 0; i < VIEWS; i++) {
      boolean answered = golden.get("views").get(i).asInt() == 0;
      views.add(
          new TrainingExample(
              PixelEncoding.RAW,
              new byte[64],
              answered ? answer(teacher, i, output) : null,
              null,
              null,
              true,
              0,
              ViewIdentity.UNKNOWN));
    }
    return views;
  }

  /** By way of a record, as the trainer gets it. */
  private static PackedAnswer answer(float[] teacher, int view, OutputShape output) {
    float[] row = Arrays.copyOfRange(teacher, view * output.size(), (view + 1) * output.size());
    LabeledView record = LabeledViewFixtures.view(view);
    LabeledView labeled =
        LabeledAnswers.labeled(
            record.getView(),
            record.getTeachers(),
            row,
            output,
            OptionalInt.empty(),
            record.getLabeledAt());
    return PackedAnswer.of(labeled, output);
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Result(double total, double distillation, double labels, float[] gradient) {}

  /**
   * @param between runs between the passes of each part
   */
  private static Result derive(
      LossSettings settings, float[] student, List<TrainingBatch> parts, Runnable between) {
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      StudentLoss loss = new StudentLoss(manager, settings);
      NDArray one = manager.create(1f);
      double[] sums = new double[3];
      float[] derived = new float[student.length];
      int from = 0;
      for (TrainingBatch part : parts) {
        int to = from + part.size() * part.output().size();
        NDArray output =
            manager.create(
                Arrays.copyOfRange(student, from, to), new Shape(part.output().batch(part.size())));
        output.setRequiresGradient(true);
        Libtorch.gradients(true);
        StudentLoss.LossParts losses = loss.of(manager, output, part);
        between.run();
        Libtorch.backward(losses.total(), one);
        Libtorch.gradients(false);
        try (NDArray gradient = Libtorch.gradient(output)) {
          if (gradient != null) {
            System.arraycopy(gradient.toFloatArray(), 0, derived, from, to - from);
          }
        }
        sums[0] += losses.total().getFloat();
        sums[1] += losses.distillation().getFloat();
        sums[2] += losses.labels().getFloat();
        from = to;
      }
      return new Result(sums[0], sums[1], sums[2], derived);
    }
  }

  private static float[] floats(JsonNode array) {
    float[] values = new float[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).floatValue();
    }
    return values;
  }
}
