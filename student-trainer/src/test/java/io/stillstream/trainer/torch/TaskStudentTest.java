package io.stillstream.trainer.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.trainer.torch.loss.StudentLoss;
import io.stillstream.trainer.training.StepReport;
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
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Students of segmentation and embedding; the first one step for step against PyTorch. */
class TaskStudentTest {
  /** All as in golden_fcn() of make_fixtures.py. */
  private static final LossSettings LOSS =
      new LossSettings(Kind.KD, 2, 0.9, 0, new DkdSettings(1, 8), new DistSettings(2, 2));

  private static final ModelSpec FCN = ModelFixtures.spec("fcn");

  @Test
  void shouldDeriveAsPyTorchDoes() throws IOException {
    // given
    DenseGoldenFile.Step first = DenseGoldenFile.read().steps().get(0);
    TrainingBatch batch = new BatchBuilder(FCN, LOSS).build(first.views);
    Libtorch.prepareThread();
    try (NDManager manager = NDManager.newBaseManager("PyTorch");
        StudentModule module = StudentModule.load(manager, ModelFixtures.student("fcn"))) {
      NDArray one = manager.create(1f);

      // when
      Libtorch.gradients(true);
      NDArray output = module.forward(manager, batch);
      StudentLoss.LossParts loss = new StudentLoss(manager, LOSS).of(manager, output, batch);
      Libtorch.backward(loss.total(), one);
      Libtorch.gradients(false);

      // then
      assertThat(output.toFloatArray()).containsExactly(first.output, within(1e-5f));
      assertThat((double) loss.total().getFloat()).isCloseTo(first.loss, within(1e-5 * first.loss));
      int i = 0;
      for (NDArray weight : module.weights().values()) {
        try (NDArray gradient = Libtorch.gradient(weight)) {
          assertThat(gradient.toFloatArray())
              .containsExactly(first.gradients.get(i++), within(1e-5f));
        }
      }
      assertThat(i).isEqualTo(first.gradients.size());
    }
  }

  @Test
  void shouldTrainAsPyTorchDoes() throws IOException {
    // given
    DenseGoldenFile golden = DenseGoldenFile.read();
    BatchBuilder batches = new BatchBuilder(FCN, LOSS);
    try (TorchStudent student =
        TorchStudent.begin(ModelFixtures.student("fcn"), recipe(LOSS, 1), 1)) {
      // when
      long step = 0;
      double worst = 0;
      for (DenseGoldenFile.Step expected : golden.steps()) {
        StepReport report = student.update(batches.build(expected.views), ++step);
        worst = Math.max(worst, Math.abs(report.loss() / expected.loss - 1));
        worst = Math.max(worst, Math.abs(report.gradientNorm() / expected.norm - 1));
        assertThat(report.logits()).isEmpty();
      }

      // then
      assertThat(step).isEqualTo(25);
      assertThat(worst).as("losses and norms").isLessThan(1e-3);
      assertThat(PyTorchParityTest.distance(student.weights(), golden.weights()))
          .as("weights")
          .isLessThan(1e-3);
      assertThat(PyTorchParityTest.distance(student.average(), golden.averages()))
          .as("averages")
          .isLessThan(1e-3);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "fcn, KD",
    "fcn, CROSS_ENTROPY",
    "embedder, COSINE",
    "embedder, MSE",
    "mlp, STANDARDISED",
    "mlp, DKD",
    "mlp, DIST"
  })
  void shouldAcceptAStudentThatAnswersAsDescribed(String name, Kind kind) {
    // given
    LossSettings loss = loss(kind);
    TrainingBatch grey = new BatchBuilder(ModelFixtures.spec(name), loss).grey(2);
    try (TorchStudent student =
            TorchStudent.begin(ModelFixtures.student(name), recipe(loss, 1), 1);
        InferenceStudent release = InferenceStudent.load(student.average(), 1)) {
      int open = student.openTensors();

      // then
      assertThatCode(() -> student.probe(grey)).doesNotThrowAnyException();
      assertThat(student.update(grey, 1).skipped()).isFalse();
      assertThat(student.openTensors()).isEqualTo(open);
      assertThat(student.predict(grey)).hasSize(2 * grey.output().size());
      assertThat(release.predict(grey)).hasSize(2 * grey.output().size());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlp", "embedder"})
  void shouldSayWhatAStudentMustAnswer(String other) {
    // given: a description of cells, and a module that answers with rows
    TrainingBatch grey = new BatchBuilder(ModelFixtures.spec("fcn"), LOSS).grey(2);
    try (TorchStudent student =
        TorchStudent.begin(ModelFixtures.student(other), recipe(LOSS, 1), 1)) {
      // when
      assertThatThrownBy(() -> student.probe(grey)).isInstanceOf(IllegalArgumentException.class);
    }
    TrainingBatch rows = new BatchBuilder(ModelFixtures.spec("embedder"), LOSS).grey(2);
    try (TorchStudent student =
        TorchStudent.begin(ModelFixtures.student("mlp"), recipe(LOSS, 1), 1)) {
      assertThatThrownBy(() -> student.probe(rows))
          // then
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "its output for 2 views has shape (2, 5); its description says embedding with 6"
                  + " dimensions: it must be (2, 6)");
    }
  }

  @Test
  void shouldAddUpTheGradientsOfPartsToThoseOfTheBatch() {
    // given: a student without batch norm, which would see the parts
    LossSettings loss = loss(Kind.COSINE);
    OutputShape output = ModelFixtures.spec("embedder").output();
    List<TrainingExample> views = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      byte[] pixels = new byte[64];
      Arrays.fill(pixels, 0, 9 * i, (byte) 200);
      float[] row = new float[output.size()];
      Arrays.fill(row, 0, i % 5, 1 + i);
      views.add(
          new TrainingExample(
              PixelEncoding.RAW,
              pixels,
              DenseGoldenFile.answer(row, output),
              null,
              null,
              false,
              0,
              ViewIdentity.UNKNOWN));
    }
    TrainingBatch batch = new BatchBuilder(ModelFixtures.spec("embedder"), loss).build(views);
    try (TorchStudent whole =
            TorchStudent.begin(ModelFixtures.student("embedder"), recipe(loss, 1), 1);
        TorchStudent parts =
            TorchStudent.begin(ModelFixtures.student("embedder"), recipe(loss, 3), 1)) {
      // when
      StepReport one = whole.update(batch, 1);
      StepReport three = parts.update(batch, 1);

      // then
      assertThat(one.gradientNorm()).isPositive();
      assertThat(three.loss()).isCloseTo(one.loss(), within(1e-6));
      assertThat(three.gradientNorm()).isCloseTo(one.gradientNorm(), within(1e-6));
    }
  }

  private static LossSettings loss(Kind kind) {
    return new LossSettings(kind, 2, 0.9, 0, new DkdSettings(1, 8), new DistSettings(2, 2));
  }

  private static Hyperparameters recipe(LossSettings loss, int accumulate) {
    OptimiserSettings muon =
        new OptimiserSettings(
            OptimiserSettings.Kind.MUON,
            4e-3,
            1e-4,
            0.5,
            0.9,
            true,
            new ScheduleSettings(ScheduleKind.CONSTANT, 0, 1, 1, 0),
            new MuonSettings(0.002));
    return new Hyperparameters(loss, muon, 0.999, accumulate, 1);
  }
}
