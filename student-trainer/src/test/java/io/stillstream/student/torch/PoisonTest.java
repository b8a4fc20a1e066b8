package io.stillstream.student.torch;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.PixelEncoding;
import io.stillstream.student.training.BatchBuilder;
import io.stillstream.student.training.BufferKind;
import io.stillstream.student.training.BufferLimits;
import io.stillstream.student.training.DriftSettings;
import io.stillstream.student.training.GuardSettings;
import io.stillstream.student.training.Incident;
import io.stillstream.student.training.OnTeacherChange;
import io.stillstream.student.training.OnlineTraining;
import io.stillstream.student.training.PrequentialWindow;
import io.stillstream.student.training.Replay;
import io.stillstream.student.training.ReplayBuffer;
import io.stillstream.student.training.StepReport;
import io.stillstream.student.training.SupervisedTraining;
import io.stillstream.student.training.TrainerMetrics;
import io.stillstream.student.training.View;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Logits that are no numbers, past all checks of records. */
class PoisonTest {
  private static final int BATCH = 8;

  @Test
  void shouldChangeNoWeightAndAllowNoCheckpointOfIt() {
    // given: batches of one step on fresh views alone
    try (TorchStudent student = TorchStudent.begin(Fixtures.student("cnn"), Golden.RECIPE, 1);
        SupervisedTraining training = training(student)) {
      for (int batch = 0; batch < 5; batch++) {
        training.train(views(batch, 1));
      }
      Map<String, byte[]> weights = ScriptArchive.parse(student.weights()).tensors();
      Map<String, byte[]> average = ScriptArchive.parse(student.average()).tensors();
      assertThat(training.isSettled()).isTrue();

      // when
      SupervisedTraining.Trained trained = training.train(views(9, Float.NaN));

      // then: without a checkpoint there is no release
      assertThat(trained.reports()).singleElement().matches(StepReport::skipped);
      assertThat(trained.incidents()).isEmpty();
      assertThat(training.isSettled()).isFalse();
      assertThat(ScriptArchive.parse(student.weights()).tensors())
          .containsExactlyEntriesOf(weights);
      assertThat(ScriptArchive.parse(student.average()).tensors())
          .containsExactlyEntriesOf(average);

      // when: the next batch is good
      StepReport next = training.train(views(10, 1)).reports().get(0);

      // then
      assertThat(next.skipped()).isFalse();
      assertThat(training.isSettled()).isTrue();
    }
  }

  @Test
  void shouldGoBackToSoundWeightsAfterTheyWereBlownUp() {
    // given
    try (TorchStudent student = TorchStudent.begin(Fixtures.student("cnn"), Golden.RECIPE, 1);
        SupervisedTraining training = training(student)) {
      for (int batch = 0; batch < 5; batch++) {
        training.train(views(batch, 1));
      }
      training.checkpointed();
      Map<String, byte[]> weights = ScriptArchive.parse(student.weights()).tensors();
      Map<String, byte[]> average = ScriptArchive.parse(student.average()).tensors();
      student.rateFactor(1e36);
      student.update(new BatchBuilder(Fixtures.spec("cnn"), 0.9).build(views(6, 1)), 6);

      // when
      List<Incident> incidents = new ArrayList<>();
      for (int batch = 0; batch < 20 && incidents.isEmpty(); batch++) {
        incidents.addAll(training.train(views(20 + batch, 1)).incidents());
      }

      // then
      assertThat(incidents)
          .singleElement()
          .extracting(Incident::kind)
          .isEqualTo(Incident.Kind.ROLLBACK);
      assertThat(ScriptArchive.parse(student.weights()).tensors())
          .containsExactlyEntriesOf(weights);
      assertThat(ScriptArchive.parse(student.average()).tensors())
          .containsExactlyEntriesOf(average);
      StepReport next = training.train(views(50, 1)).reports().get(0);
      assertThat(next.skipped()).isFalse();
      assertThat(next.rate()).isEqualTo(Golden.RECIPE.optimiser().learningRate() / 2);
    }
  }

  private static List<View> views(long seed, float factor) {
    Random random = new Random(seed);
    List<View> views = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      byte[] pixels = new byte[64];
      random.nextBytes(pixels);
      float[] logits = new float[5];
      for (int k = 0; k < 5; k++) {
        logits[k] = factor * (float) random.nextGaussian();
      }
      views.add(new View(PixelEncoding.RAW, pixels, logits, null, false));
    }
    return views;
  }

  private static SupervisedTraining training(TorchStudent student) {
    TrainerMetrics silent =
        (TrainerMetrics)
            Proxy.newProxyInstance(
                TrainerMetrics.class.getClassLoader(),
                new Class<?>[] {TrainerMetrics.class},
                (proxy, method, arguments) -> null);
    OnlineTraining training =
        new OnlineTraining(
            student,
            new BatchBuilder(Fixtures.spec("cnn"), 0.9),
            new Replay(
                ReplayBuffer.create(BufferKind.RESERVOIR, BufferLimits.views(100), 1),
                OnTeacherChange.KEEP),
            new PrequentialWindow(100),
            BATCH,
            1,
            silent,
            () -> 0);
    return new SupervisedTraining(
        student,
        training,
        new GuardSettings(6, 3, 50, 100, 10, 0.5, 2000, 3, 10_000),
        new DriftSettings(1e-4, true, 1, 1000, true),
        silent);
  }
}
