package io.stillstream.trainer.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.stillstream.trainer.torch.loss.StudentLoss;
import io.stillstream.trainer.training.StepReport;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.hyperparameters.Hyperparameters;
import io.stillstream.trainer.training.hyperparameters.OptimiserSettings;
import io.stillstream.trainer.training.hyperparameters.OptimiserSettings.MuonSettings;
import io.stillstream.trainer.training.hyperparameters.OptimiserSettings.ScheduleKind;
import io.stillstream.trainer.training.hyperparameters.OptimiserSettings.ScheduleSettings;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The whole recipe, step for step, against PyTorch. */
class PyTorchParityTest {
  /** All as in make_fixtures.py. */
  private static final OptimiserSettings ADAMW =
      GoldenFile.optimiser(OptimiserSettings.Kind.ADAMW, 4e-3, 1e-4, 5);

  private static final OptimiserSettings MUON =
      new OptimiserSettings(
          OptimiserSettings.Kind.MUON,
          4e-3,
          1e-4,
          5,
          0.9,
          true,
          new ScheduleSettings(ScheduleKind.CONSTANT, 0, 1, 1, 0),
          new MuonSettings(0.002));

  private static final OptimiserSettings SGD =
      new OptimiserSettings(
          OptimiserSettings.Kind.SGD,
          0.05,
          1e-2,
          1,
          0.9,
          true,
          new ScheduleSettings(ScheduleKind.COSINE, 20, 50, 2, 0.1),
          new MuonSettings(0.02));

  @ParameterizedTest
  @CsvSource({"mlp", "cnn"})
  @DisplayName("forward, loss and gradients of the first step")
  void shouldDeriveAsPyTorchDoes(String name) throws IOException {
    // given
    GoldenFile.Step first = GoldenFile.read(name).steps().get(0);
    TrainingBatch batch = new BatchBuilder(ModelFixtures.spec(name), 0.9).build(first.views);
    Libtorch.prepareThread();
    try (NDManager manager = NDManager.newBaseManager("PyTorch");
        StudentModule module = StudentModule.load(manager, ModelFixtures.student(name))) {
      NDArray one = manager.create(1f);

      // when
      Libtorch.gradients(true);
      NDArray logits = module.forward(manager, batch);
      StudentLoss.LossParts loss =
          new StudentLoss(manager, GoldenFile.RECIPE.loss()).of(manager, logits, batch);
      Libtorch.backward(loss.total(), one);
      Libtorch.gradients(false);

      // then
      assertThat(logits.toFloatArray()).containsExactly(first.outputs, within(1e-5f));
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

  @ParameterizedTest
  @CsvSource({"mlp, 1e-5", "cnn, 1e-3"})
  void shouldTrainAsPyTorchDoes(String name, double tolerance) throws IOException {
    // given
    GoldenFile golden = GoldenFile.read(name);
    BatchBuilder batches = new BatchBuilder(ModelFixtures.spec(name), GoldenFile.RECIPE.loss());
    try (TorchStudent student =
        TorchStudent.begin(ModelFixtures.student(name), GoldenFile.RECIPE, 1)) {
      // when
      long step = 0;
      double worst = 0;
      int clipped = 0;
      for (GoldenFile.Step expected : golden.steps()) {
        StepReport report = student.update(batches.build(expected.views), ++step);
        // then
        worst = Math.max(worst, Math.abs(report.loss() / expected.loss - 1));
        worst = Math.max(worst, Math.abs(report.gradientNorm() / expected.norm - 1));
        clipped += expected.norm > GoldenFile.RECIPE.optimiser().clip() ? 1 : 0;
      }
      double weights = distance(student.weights(), golden.weights());
      double averages = distance(student.average(), golden.averages());
      assertThat(clipped).as("steps that were clipped").isPositive();
      assertThat(worst).as("losses and norms").isLessThan(tolerance);
      assertThat(weights).as("weights").isLessThan(tolerance);
      assertThat(averages).as("averages").isLessThan(tolerance);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "mlp, adamw, 1e-5",
    "cnn, adamw, 1e-4",
    "mlp, sgd, 1e-5",
    "cnn, sgd, 1e-4",
    "mlp, muon, 1e-4",
    "cnn, muon, 1e-3",
    "deep, muon, 1e-4"
  })
  void shouldFollowPyTorchFor200Steps(String name, String kind, double tolerance)
      throws IOException {
    // given
    GoldenTrainingRun run = GoldenTrainingRun.read(name + "-" + kind);
    Hyperparameters recipe =
        GoldenFile.recipe(
            switch (kind) {
              case "sgd" -> SGD;
              case "muon" -> MUON;
              default -> ADAMW;
            });
    BatchBuilder batches = new BatchBuilder(ModelFixtures.spec(name), recipe.loss());
    double worst = 0;
    double worstState = 0;
    double worstRate = 0;
    int states = 0;
    try (TorchStudent student = TorchStudent.begin(ModelFixtures.student(name), recipe, 1)) {
      for (int step = 1; step <= GoldenTrainingRun.STEPS; step++) {
        // when
        StepReport report = student.update(batches.build(GoldenTrainingRun.views(step)), step);
        worst = Math.max(worst, Math.abs(report.loss() / run.loss(step) - 1));
        worst = Math.max(worst, Math.abs(report.gradientNorm() / run.norm(step) - 1));
        worstRate = Math.max(worstRate, Math.abs(report.rate() / run.rate(step) - 1));
        if (run.states().containsKey(step)) {
          states++;
          worstState = Math.max(worstState, distance(student.weights(), run.states().get(step)));
        }
      }
    }

    // then
    assertThat(states).isEqualTo(3);
    assertThat(worstRate).as("rates").isLessThan(1e-12);
    assertThat(worstState).as("weights").isLessThan(tolerance);
    assertThat(worst).as("losses and norms").isLessThan(tolerance);
  }

  /** The largest ‖a − b‖/‖b‖ of all tensors, buffers among them. */
  static double distance(byte[] archive, Map<String, float[]> expected) {
    try (NDManager manager = NDManager.newBaseManager("PyTorch");
        StudentModule module = StudentModule.load(manager, archive)) {
      assertThat(module.weights().size() + module.buffers().size()).isEqualTo(expected.size());
      double worst = 0;
      for (Map.Entry<String, float[]> entry : expected.entrySet()) {
        NDArray tensor = module.weights().get(entry.getKey());
        tensor = tensor == null ? module.buffers().get(entry.getKey()) : tensor;
        Number[] actual = tensor.toArray();
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < actual.length; i++) {
          double value = entry.getValue()[i];
          difference += Math.pow(actual[i].doubleValue() - value, 2);
          norm += value * value;
        }
        worst = Math.max(worst, Math.sqrt(difference / norm));
      }
      return worst;
    }
  }
}
