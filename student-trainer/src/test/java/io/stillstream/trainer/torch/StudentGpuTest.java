package io.stillstream.trainer.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import io.stillstream.trainer.training.StepReport;
import io.stillstream.trainer.training.Student;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.hyperparameters.Hyperparameters;
import io.stillstream.trainer.training.hyperparameters.OptimiserSettings;
import io.stillstream.trainer.training.hyperparameters.Precision;
import io.stillstream.trainer.training.hyperparameters.TorchOptions;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The student on the first GPU. Runs with {@code -Dgpu} only, and needs a libtorch for CUDA in
 * {@code PYTORCH_LIBRARY_PATH} (docs/operations.md).
 */
@Tag("gpu")
class StudentGpuTest {
  private static final TorchOptions GPU = new TorchOptions("gpu0", Precision.FLOAT32, 1);
  private static final TorchOptions CPU = TorchOptions.cpu(1);

  private static Hyperparameters recipe(String kind) {
    return GoldenFile.recipe(
        GoldenFile.optimiser(OptimiserSettings.Kind.valueOf(kind), 4e-3, 1e-4, 5));
  }

  private static BatchBuilder batches(String name) {
    return new BatchBuilder(ModelFixtures.spec(name), 0.9);
  }

  @ParameterizedTest
  @CsvSource({"mlp, ADAMW", "mlp, SGD", "deep, MUON", "cnn, MUON"})
  void shouldTrainAsOnTheCpu(String name, String kind) {
    // given
    BatchBuilder batches = batches(name);
    byte[] file = ModelFixtures.student(name);
    try (TorchStudent student = TorchStudent.begin(file, recipe(kind), GPU);
        TorchStudent reference = TorchStudent.begin(file, recipe(kind), CPU)) {
      student.probe(batches.grey(2));
      int open = student.openTensors();
      for (int step = 1; step <= 10; step++) {
        // when
        StepReport report = student.update(batches.build(GoldenTrainingRun.views(step)), step);

        // then
        StepReport expected = reference.update(batches.build(GoldenTrainingRun.views(step)), step);
        assertThat(report.loss()).isCloseTo(expected.loss(), within(5e-3));
        assertThat(report.gradientNorm()).isCloseTo(expected.gradientNorm(), within(5e-2));
      }
      assertThat(student.weights()).isNotEmpty();
      assertThat(student.optimiser()).isNotEmpty();
      assertThat(student.openTensors()).isEqualTo(open);
    }
  }

  @Test
  void shouldHaveItsTensorsOnTheGpu() {
    byte[] file = ModelFixtures.student("cnn");
    try (NDManager manager = Libtorch.open(GPU);
        TrainedModel model =
            new TrainedModel(manager, file, file, Optional.empty(), Precision.FLOAT32);
        NDManager scope = manager.newSubManager()) {
      // when
      NDArray output = model.forward(scope, batches("cnn").grey(2));

      // then
      assertThat(output.getDevice().isGpu()).isTrue();
      assertThat(model.weights().values())
          .allSatisfy(tensor -> assertThat(tensor.getDevice().isGpu()).isTrue());
      assertThat(model.buffers().values())
          .allSatisfy(tensor -> assertThat(tensor.getDevice().isGpu()).isTrue());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ADAMW", "MUON"})
  void shouldWriteFilesOfTheCpuAndContinueOnEitherDevice(String kind) throws IOException {
    // given
    BatchBuilder batches = batches("cnn");
    byte[] weights;
    byte[] average;
    byte[] optimiser;
    float[] answers;
    TrainingBatch batch = batches.build(GoldenTrainingRun.views(4));
    try (TorchStudent student =
        TorchStudent.begin(ModelFixtures.student("cnn"), recipe(kind), GPU)) {
      for (int step = 1; step <= 3; step++) {
        student.update(batches("cnn").build(GoldenTrainingRun.views(step)), step);
      }
      weights = student.weights();
      average = student.average();
      optimiser = student.optimiser();
      answers = student.predict(batch);
    }

    // when: as any program loads it, onto the device that the file names
    try (NDManager manager = Libtorch.open(CPU)) {
      PtSymbolBlock plain = Libtorch.load(manager, average);
      for (NDArray tensor : Libtorch.parameters(plain, manager)) {
        assertThat(tensor.getDevice().isGpu()).isFalse();
      }
      plain.close();
    }

    // then
    for (TorchOptions options : new TorchOptions[] {CPU, GPU}) {
      DataInputStream state = new DataInputStream(new ByteArrayInputStream(optimiser));
      try (TorchStudent student =
              TorchStudent.resume(
                  weights, average, Optional.empty(), state, recipe(kind), options);
          InferenceStudent release = InferenceStudent.load(average, options)) {
        assertThat(student.optimiser()).isEqualTo(optimiser);
        assertThat(ArchiveEntries.tensors(student.weights()))
            .containsExactlyEntriesOf(ArchiveEntries.tensors(weights));
        assertThat(student.predict(batch)).containsExactly(answers, within(1e-2f));
        assertThat(release.predict(batch)).containsExactly(answers, within(1e-2f));
      }
    }
  }

  @Test
  void shouldTrainInBfloat16() {
    // given
    BatchBuilder batches = batches("cnn");
    try (TorchStudent student =
        TorchStudent.begin(
            ModelFixtures.student("cnn"),
            recipe("MUON"),
            new TorchOptions("gpu0", Precision.BFLOAT16, 1))) {
      student.probe(batches.grey(2));
      double first = 0;
      double last = 0;

      // when
      for (int step = 1; step <= 100; step++) {
        StepReport report = student.update(batches.build(GoldenTrainingRun.views(step)), step);
        first += step <= 10 ? report.loss() : 0;
        last += step > 90 ? report.loss() : 0;
      }

      // then
      assertThat(last).isLessThan(first / 2);
    }
  }

  @Test
  void shouldBecomeWhatItWasAfterARollback() {
    // given
    BatchBuilder batches = batches("cnn");
    try (TorchStudent student =
        TorchStudent.begin(ModelFixtures.student("cnn"), recipe("ADAMW"), GPU)) {
      student.update(batches.build(GoldenTrainingRun.views(1)), 1);
      byte[] weights = student.weights();
      byte[] optimiser = student.optimiser();

      // when
      try (Student.StudentSnapshot snapshot = student.snapshot()) {
        student.update(batches.build(GoldenTrainingRun.views(2)), 2);
        student.restore(snapshot);
      }

      // then
      assertThat(ArchiveEntries.tensors(student.weights()))
          .containsExactlyEntriesOf(ArchiveEntries.tensors(weights));
      assertThat(student.optimiser()).isEqualTo(optimiser);
    }
  }
}
