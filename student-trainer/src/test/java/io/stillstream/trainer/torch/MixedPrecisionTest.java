package io.stillstream.trainer.torch;

import static io.stillstream.trainer.training.hyperparameters.Precision.BFLOAT16;
import static io.stillstream.trainer.training.hyperparameters.Precision.FLOAT32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.trainer.training.StepReport;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.hyperparameters.Hyperparameters;
import io.stillstream.trainer.training.hyperparameters.OptimiserSettings;
import io.stillstream.trainer.training.hyperparameters.Precision;
import io.stillstream.trainer.training.hyperparameters.TorchOptions;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MixedPrecisionTest {
  private static final Hyperparameters MUON =
      GoldenFile.recipe(GoldenFile.optimiser(OptimiserSettings.Kind.MUON, 4e-3, 1e-4, 5));

  private static TorchOptions options(Precision precision) {
    return new TorchOptions("cpu", precision, 1);
  }

  private static TorchStudent begin(String name, Precision precision) {
    return TorchStudent.begin(ModelFixtures.student(name), MUON, options(precision));
  }

  private static BatchBuilder batches(String name) {
    return new BatchBuilder(ModelFixtures.spec(name), 0.9);
  }

  @ParameterizedTest
  @CsvSource({"mlp, 'hidden.weight,output.weight'", "cnn, 'features.0.weight,features.4.weight'"})
  void shouldDeriveAsPyTorchWithAutocastDoes(String name, String products) throws IOException {
    // given
    JsonNode expected =
        new ObjectMapper().readTree(ModelFixtures.bytes("bfloat16.json")).path(name);
    byte[] file = ModelFixtures.student(name);
    TrainingBatch batch = batches(name).build(GoldenTrainingRun.views(1));
    try (NDManager manager = Libtorch.open(options(BFLOAT16));
        TrainedModel model = new TrainedModel(manager, file, file, Optional.empty(), BFLOAT16)) {
      // when
      BackwardPass.Losses losses = new BackwardPass(manager, model, GoldenFile.RECIPE).run(batch);

      // then
      JsonNode autocast = expected.path("autocast");
      assertThat(losses.total()).isCloseTo(autocast.path("loss").asDouble(), within(1e-3));
      JsonNode full = expected.path("float32").path("gradients");
      try (Gradients gradients = new Gradients(model.weights())) {
        gradients.forEach(
            (weight, tensor, gradient) -> {
              assertThat(gradient.getDataType()).isEqualTo(DataType.FLOAT32);
              float[] values = gradient.toFloatArray();
              assertThat(distance(values, autocast.path("gradients").path(weight)))
                  .as(weight)
                  .isLessThan(0.01);
              assertThat(distance(values, full.path(weight)))
                  .as(weight + " in float32")
                  .isBetween(1e-4, 0.05);
              // and: a product of bfloat16 has their digits, a norm's gradient has more
              if (List.of(products.split(",")).contains(weight)) {
                assertThat(hasEightBits(values)).as(weight).isTrue();
              } else if (weight.startsWith("features.1.")) {
                assertThat(hasEightBits(values)).as(weight).isFalse();
              }
            });
      }
    }
  }

  /** Whether bfloat16 could hold all values. */
  private static boolean hasEightBits(float[] values) {
    for (float value : values) {
      if ((Float.floatToIntBits(value) & 0xFFFF) != 0) {
        return false;
      }
    }
    return true;
  }

  /** |a − b| / |b|, of vectors. */
  private static double distance(float[] a, JsonNode b) {
    assertThat(b).hasSize(a.length);
    double difference = 0;
    double length = 0;
    for (int i = 0; i < a.length; i++) {
      double value = b.path(i).asDouble();
      difference += (a[i] - value) * (a[i] - value);
      length += value * value;
    }
    return Math.sqrt(difference / length);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlp", "cnn", "dropout", "deep"})
  void shouldLearnAsInFloat32(String name) {
    // given
    BatchBuilder batches = batches(name);
    try (TorchStudent student = begin(name, BFLOAT16);
        TorchStudent reference = begin(name, FLOAT32)) {
      student.probe(batches.grey(2));
      double first = 0;
      double last = 0;
      double lastReference = 0;

      // when
      for (int step = 1; step <= 100; step++) {
        StepReport report = student.update(batches.build(GoldenTrainingRun.views(step)), step);
        StepReport full = reference.update(batches.build(GoldenTrainingRun.views(step)), step);
        assertThat(report.skipped()).isFalse();
        first += step <= 10 ? report.loss() / 10 : 0;
        last += step > 90 ? report.loss() / 10 : 0;
        lastReference += step > 90 ? full.loss() / 10 : 0;
      }

      // then
      assertThat(last).isLessThan(first / 2).isCloseTo(lastReference, within(0.1 * lastReference));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlp", "cnn"})
  void shouldWriteFilesInFloat32WithTheCodeThatWasLoaded(String name) {
    // given
    try (TorchStudent student = begin(name, BFLOAT16);
        TorchStudent reference = begin(name, FLOAT32)) {
      train(student, name, 1, 5);
      train(reference, name, 1, 5);
      int open = student.openTensors();

      // when
      byte[] weights = student.weights();
      byte[] average = student.average();

      // then: code, and types and sizes of tensors, are those of a student in float32
      Map<String, byte[]> code = ArchiveEntries.code(reference.weights());
      assertThat(ArchiveEntries.code(weights)).containsExactlyEntriesOf(code);
      assertThat(ArchiveEntries.code(average)).containsExactlyEntriesOf(code);
      Map<String, byte[]> tensors = ArchiveEntries.tensors(weights);
      Map<String, byte[]> other = ArchiveEntries.tensors(reference.weights());
      assertThat(tensors.keySet()).isEqualTo(other.keySet());
      tensors.forEach((entry, bytes) -> assertThat(bytes).hasSameSizeAs(other.get(entry)));
      assertThat(tensors).isNotEqualTo(other);

      // and: the release answers what the average answers, in float32
      TrainingBatch batch = batches(name).build(GoldenTrainingRun.views(6));
      try (InferenceStudent release = InferenceStudent.load(average, options(BFLOAT16))) {
        assertThat(release.predict(batch)).isEqualTo(student.predict(batch));
      }
      assertThat(student.openTensors()).isEqualTo(open);
    }
  }

  @ParameterizedTest
  @CsvSource({"cnn, BFLOAT16", "dropout, BFLOAT16", "cnn, FLOAT32"})
  void shouldContinueInEitherPrecision(String name, Precision after) throws IOException {
    // given
    byte[] weights;
    byte[] average;
    byte[] optimiser;
    Map<String, byte[]> expected;
    try (TorchStudent student = begin(name, BFLOAT16)) {
      train(student, name, 1, 5);
      weights = student.weights();
      average = student.average();
      optimiser = student.optimiser();
      train(student, name, 6, 10);
      expected = ArchiveEntries.tensors(student.weights());
    }

    // when
    DataInputStream state = new DataInputStream(new ByteArrayInputStream(optimiser));
    try (TorchStudent student =
        TorchStudent.resume(weights, average, Optional.empty(), state, MUON, options(after))) {
      assertThat(ArchiveEntries.tensors(student.weights()))
          .containsExactlyEntriesOf(ArchiveEntries.tensors(weights));
      assertThat(student.optimiser()).isEqualTo(optimiser);
      train(student, name, 6, 10);

      // then: bit for bit in the same precision
      Map<String, byte[]> tensors = ArchiveEntries.tensors(student.weights());
      if (after == BFLOAT16) {
        assertThat(tensors).containsExactlyEntriesOf(expected);
      } else {
        assertThat(tensors).isNotEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void shouldKeepNoTensorsOfStepsAndFiles(Precision precision) {
    // given
    try (TorchStudent student = begin("cnn", precision)) {
      train(student, "cnn", 1, 3);
      int open = student.openTensors();

      // when
      train(student, "cnn", 4, 20);
      for (int i = 0; i < 5; i++) {
        assertThat(student.weights()).isNotEmpty();
        assertThat(student.average()).isNotEmpty();
      }

      // then
      assertThat(student.openTensors()).isEqualTo(open);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"fcn", "embedder"})
  void shouldTrainStudentsOfOtherTasks(String name) {
    // given
    byte[] file = ModelFixtures.student(name);
    BatchBuilder batches = batches(name);
    try (NDManager manager = Libtorch.open(options(BFLOAT16));
        TrainedModel model = new TrainedModel(manager, file, file, Optional.empty(), BFLOAT16);
        NDManager scope = manager.newSubManager()) {
      // when
      NDArray reduced = model.forward(scope, batches.grey(2));
      NDArray full = model.predict(scope, batches.grey(2));

      // then
      assertThat(reduced.getDataType()).isEqualTo(DataType.FLOAT32);
      assertThat(reduced.getShape()).isEqualTo(full.getShape());
    }
  }

  private static void train(TorchStudent student, String name, int from, int to) {
    BatchBuilder batches = batches(name);
    for (int step = from; step <= to; step++) {
      student.update(batches.build(GoldenTrainingRun.views(step)), step);
    }
  }
}
