package io.stillstream.trainer.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.trainer.torch.loss.StudentLoss;
import io.stillstream.trainer.training.StepReport;
import io.stillstream.trainer.training.Student;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.example.TrainingExample;
import io.stillstream.trainer.training.example.ViewIdentity;
import io.stillstream.trainer.training.hyperparameters.Hyperparameters;
import io.stillstream.trainer.training.hyperparameters.LossSettings;
import io.stillstream.trainer.training.hyperparameters.LossSettings.DistSettings;
import io.stillstream.trainer.training.hyperparameters.LossSettings.DkdSettings;
import io.stillstream.trainer.training.hyperparameters.LossSettings.Kind;
import io.stillstream.trainer.training.hyperparameters.OptimiserSettings;
import io.stillstream.trainer.training.hyperparameters.OptimiserSettings.MuonSettings;
import io.stillstream.trainer.training.hyperparameters.OptimiserSettings.ScheduleKind;
import io.stillstream.trainer.training.hyperparameters.OptimiserSettings.ScheduleSettings;
import io.stillstream.trainer.training.hyperparameters.Precision;
import io.stillstream.trainer.training.hyperparameters.TorchOptions;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class EmbeddingProjectionTest {
  private static final ModelSpec EMBEDDER = ModelFixtures.spec("embedder");
  private static final int FROM = EMBEDDER.output().channels();
  private static final int TO = 9;
  private static final LossSettings LOSS = loss(Kind.COSINE);

  static Stream<Arguments> cases() throws IOException {
    JsonNode cases = new ObjectMapper().readTree(ModelFixtures.bytes("embedding-losses.json"));
    return StreamSupport.stream(cases.spliterator(), false)
        .filter(node -> !node.get("projection").isNull())
        .map(node -> Arguments.of(node.get("name").asText(), node));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void shouldDeriveWhatPyTorchDerives(String name, JsonNode golden) {
    // given
    LossSettings loss = loss(Kind.valueOf(golden.get("kind").asText().toUpperCase(Locale.ROOT)));
    List<TrainingExample> views = new ArrayList<>();
    float[] teacher = floats(golden.get("teacher"));
    for (int i = 0; i < 4; i++) {
      boolean answered = golden.get("views").get(i).asInt() == 0;
      views.add(view(new byte[64], answered ? row(teacher, i) : null));
    }
    TrainingBatch batch = new BatchBuilder(EMBEDDER, loss).build(views);
    float[] matrix = floats(golden.get("projection"));
    ByteBuffer bytes = ByteBuffer.allocate(8 + 8 * matrix.length).putInt(FROM).putInt(TO);
    bytes.asFloatBuffer().put(matrix).put(matrix);
    Libtorch.prepareThread();
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      EmbeddingProjection projection = EmbeddingProjection.parse(manager, bytes.array());
      NDArray one = manager.create(1f);
      NDArray student = manager.create(floats(golden.get("student")), new Shape(4, FROM));
      student.setRequiresGradient(true);

      // when
      Libtorch.gradients(true);
      NDArray output = projection.project(student);
      StudentLoss.LossParts parts = new StudentLoss(manager, loss).of(manager, output, batch);
      System.gc();
      Libtorch.backward(parts.total(), one);
      Libtorch.gradients(false);

      // then
      double expected = golden.get("loss").asDouble();
      assertThat((double) parts.total().getFloat())
          .isCloseTo(expected, within(1e-5 * (1 + expected)));
      assertGradient(student, golden.get("gradient"));
      assertGradient(
          projection.weights().get(EmbeddingProjection.WEIGHT), golden.get("projectionGradient"));
    }
  }

  private static void assertGradient(NDArray tensor, JsonNode expected) {
    try (NDArray gradient = Libtorch.gradient(tensor)) {
      assertThat(gradient.toFloatArray()).containsExactly(floats(expected), within(1e-5f));
    }
  }

  @Test
  void shouldGoOnBitForBitFromACheckpointAndASnapshot() throws IOException {
    // given
    Hyperparameters recipe = recipe();
    BatchBuilder batches = new BatchBuilder(EMBEDDER, LOSS);
    try (TorchStudent student =
        TorchStudent.beginProjected(
            ModelFixtures.student("embedder"), FROM, TO, recipe, TorchOptions.cpu(1))) {
      student.probe(batches.grey(2));
      int open = student.openTensors();
      byte[] untrained = student.projection().orElseThrow();
      train(student, batches, 1, 5);
      byte[] saved = student.projection().orElseThrow();
      assertThat(saved).isNotEqualTo(untrained);
      assertThat(student.predict(batches.grey(2))).hasSize(2 * TO);
      try (DataInputStream state =
              new DataInputStream(new ByteArrayInputStream(student.optimiser()));
          TorchStudent resumed =
              TorchStudent.resume(
                  student.weights(),
                  student.average(),
                  Optional.of(saved),
                  state,
                  recipe,
                  TorchOptions.cpu(1));
          Student.StudentSnapshot snapshot = student.snapshot()) {
        // when
        StepReport last = train(student, batches, 6, 9);
        StepReport again = train(resumed, batches, 6, 9);

        // then
        byte[] after = student.projection().orElseThrow();
        assertThat(again.loss()).isEqualTo(last.loss());
        assertThat(resumed.projection()).hasValueSatisfying(bytes -> equal(bytes, after));
        assertThat(resumed.optimiser()).isEqualTo(student.optimiser());

        // when
        student.restore(snapshot);

        // then
        assertThat(student.projection()).hasValueSatisfying(bytes -> equal(bytes, saved));
      }
      assertThat(student.openTensors()).isEqualTo(open);
    }
  }

  private static void equal(byte[] actual, byte[] expected) {
    assertThat(actual).isEqualTo(expected);
  }

  @Test
  void shouldLearnTheTeachersEmbeddings() {
    // given
    BatchBuilder batches = new BatchBuilder(EMBEDDER, LOSS);
    try (TorchStudent student =
        TorchStudent.beginProjected(
            ModelFixtures.student("embedder"), FROM, TO, recipe(), TorchOptions.cpu(1))) {
      // when
      StepReport first = train(student, batches, 1, 1);
      StepReport last = train(student, batches, 2, 200);

      // then
      assertThat(last.loss()).isLessThan(0.5 * first.loss());
    }
  }

  /** As without a projection: the module's output layer stays the one that AdamW updates. */
  @Test
  void shouldLeaveToMuonWhatItHadWithoutAProjection() {
    // given
    Libtorch.prepareThread();
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      byte[] file = ModelFixtures.student("embedder");
      byte[] layer = EmbeddingProjection.untrained(FROM, TO, 1);
      try (TrainedModel plain =
              new TrainedModel(manager, file, file, Optional.empty(), Precision.FLOAT32);
          TrainedModel projected =
              new TrainedModel(manager, file, file, Optional.of(layer), Precision.FLOAT32)) {
        // when
        OptimiserState without = new Muon(manager, plain.weights(), 0, 1).state();
        OptimiserState with = new Muon(manager, projected.weights(), 0, 1).state();

        // then
        assertThat(projected.weights()).hasSize(plain.weights().size() + 1);
        for (Map.Entry<String, NDArray> weight : plain.weights().entrySet()) {
          assertThat(slots(with, weight.getKey())).isEqualTo(slots(without, weight.getKey()));
        }
        assertThat(slots(with, "hidden.weight")).isEqualTo(1);
        assertThat(slots(with, "output.weight")).isEqualTo(2);
        assertThat(slots(with, EmbeddingProjection.WEIGHT)).isEqualTo(2);
      }
    }
  }

  private static int slots(OptimiserState state, String weight) {
    int slots = 0;
    try {
      while (true) {
        NDArray unused = state.tensor(weight, slots);
        slots++;
      }
    } catch (IndexOutOfBoundsException e) {
      return slots;
    }
  }

  @Test
  void shouldRefuseWhatIsNoProjectionOfTheStudent() {
    // given
    BatchBuilder batches = new BatchBuilder(EMBEDDER, LOSS);
    byte[] file = ModelFixtures.student("embedder");

    // then
    try (TorchStudent student =
        TorchStudent.beginProjected(file, 7, TO, recipe(), TorchOptions.cpu(1))) {
      assertThatThrownBy(() -> student.probe(batches.grey(2)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("its output has shape (2, 6), the projection takes 7 dimensions");
    }
    assertThatThrownBy(
            () -> {
              try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
                EmbeddingProjection.parse(manager, new byte[20]);
              }
            })
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("20 bytes");
  }

  /** The report of the last step. */
  private static StepReport train(TorchStudent student, BatchBuilder batches, int from, int to) {
    StepReport last = null;
    for (int step = from; step <= to; step++) {
      Random random = new Random(step);
      List<TrainingExample> views = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        int kind = random.nextInt(3);
        byte[] pixels = new byte[64];
        Arrays.fill(pixels, 20 * kind, 20 * kind + 20, (byte) (150 + random.nextInt(100)));
        float[] answer = new float[TO];
        Arrays.fill(answer, 3 * kind, 3 * kind + 3, 1f);
        views.add(view(pixels, answer));
      }
      last = student.update(batches.build(views), step);
    }
    return last;
  }

  private static TrainingExample view(byte[] pixels, float[] answer) {
    return new TrainingExample(
        PixelEncoding.RAW,
        pixels,
        answer == null ? null : DenseGoldenFile.answer(answer, OutputShape.embedding(TO)),
        null,
        null,
        false,
        0,
        ViewIdentity.UNKNOWN);
  }

  private static LossSettings loss(Kind kind) {
    return new LossSettings(
        kind,
        1,
        0.9,
        0,
        new DkdSettings(1, 8),
        new DistSettings(2, 2),
        Optional.of(TO),
        Optional.empty());
  }

  private static Hyperparameters recipe() {
    OptimiserSettings muon =
        new OptimiserSettings(
            OptimiserSettings.Kind.MUON,
            4e-3,
            1e-4,
            5,
            0.9,
            true,
            new ScheduleSettings(ScheduleKind.CONSTANT, 0, 1, 1, 0),
            new MuonSettings(0.02));
    return new Hyperparameters(LOSS, muon, 0.999, 1, 1);
  }

  private static float[] row(float[] values, int row) {
    return Arrays.copyOfRange(values, row * TO, (row + 1) * TO);
  }

  private static float[] floats(JsonNode array) {
    float[] values = new float[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).floatValue();
    }
    return values;
  }
}
