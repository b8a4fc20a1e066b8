package io.stillstream.trainer.torch;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.PixelEncoding;
import io.stillstream.trainer.training.GuardedTraining;
import io.stillstream.trainer.training.OnlineTraining;
import io.stillstream.trainer.training.StepReport;
import io.stillstream.trainer.training.TrainerMetrics;
import io.stillstream.trainer.training.TrainingEvent;
import io.stillstream.trainer.training.accuracy.PrequentialWindow;
import io.stillstream.trainer.training.buffer.BufferKind;
import io.stillstream.trainer.training.buffer.BufferLimits;
import io.stillstream.trainer.training.buffer.ReplayBuffer;
import io.stillstream.trainer.training.buffer.ReplaySampling;
import io.stillstream.trainer.training.buffer.TeacherAwareReplay;
import io.stillstream.trainer.training.buffer.TeacherChangePolicy;
import io.stillstream.trainer.training.divergence.DivergenceSettings;
import io.stillstream.trainer.training.drift.DriftSettings;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.TrainingExample;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Logits that are no numbers, past all checks of records. */
class NonFiniteLogitsTest {
  private static final int BATCH = 8;

  @Test
  void shouldChangeNoWeightAndAllowNoCheckpointOfIt() {
    // given: batches of one step on fresh views alone
    try (TorchStudent student =
            TorchStudent.begin(ModelFixtures.student("cnn"), GoldenFile.RECIPE, 1);
        GuardedTraining training = training(student)) {
      for (int batch = 0; batch < 5; batch++) {
        training.train(views(batch, 1));
      }
      Map<String, byte[]> weights = ArchiveEntries.tensors(student.weights());
      Map<String, byte[]> average = ArchiveEntries.tensors(student.average());
      assertThat(training.isSettled()).isTrue();

      // when
      GuardedTraining.BatchResult trained = training.train(views(9, Float.NaN));

      // then: without a checkpoint there is no release
      assertThat(trained.reports()).singleElement().matches(StepReport::skipped);
      assertThat(trained.events()).isEmpty();
      assertThat(training.isSettled()).isFalse();
      assertThat(ArchiveEntries.tensors(student.weights())).containsExactlyEntriesOf(weights);
      assertThat(ArchiveEntries.tensors(student.average())).containsExactlyEntriesOf(average);

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
    try (TorchStudent student =
            TorchStudent.begin(ModelFixtures.student("cnn"), GoldenFile.RECIPE, 1);
        GuardedTraining training = training(student)) {
      for (int batch = 0; batch < 5; batch++) {
        training.train(views(batch, 1));
      }
      training.checkpointed();
      Map<String, byte[]> weights = ArchiveEntries.tensors(student.weights());
      Map<String, byte[]> average = ArchiveEntries.tensors(student.average());
      student.rateFactor(1e36);
      student.update(new BatchBuilder(ModelFixtures.spec("cnn"), 0.9).build(views(6, 1)), 6);

      // when
      List<TrainingEvent> incidents = new ArrayList<>();
      for (int batch = 0; batch < 20 && incidents.isEmpty(); batch++) {
        incidents.addAll(training.train(views(20 + batch, 1)).events());
      }

      // then
      assertThat(incidents)
          .singleElement()
          .extracting(TrainingEvent::kind)
          .isEqualTo(TrainingEvent.Kind.ROLLBACK);
      assertThat(ArchiveEntries.tensors(student.weights())).containsExactlyEntriesOf(weights);
      assertThat(ArchiveEntries.tensors(student.average())).containsExactlyEntriesOf(average);
      StepReport next = training.train(views(50, 1)).reports().get(0);
      assertThat(next.skipped()).isFalse();
      assertThat(next.rate()).isEqualTo(GoldenFile.RECIPE.optimiser().learningRate() / 2);
    }
  }

  private static List<TrainingExample> views(long seed, float factor) {
    Random random = new Random(seed);
    List<TrainingExample> views = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      byte[] pixels = new byte[64];
      random.nextBytes(pixels);
      float[] logits = new float[5];
      for (int k = 0; k < 5; k++) {
        logits[k] = factor * (float) random.nextGaussian();
      }
      views.add(new TrainingExample(PixelEncoding.RAW, pixels, logits, null, false));
    }
    return views;
  }

  private static GuardedTraining training(TorchStudent student) {
    TrainerMetrics silent =
        (TrainerMetrics)
            Proxy.newProxyInstance(
                TrainerMetrics.class.getClassLoader(),
                new Class<?>[] {TrainerMetrics.class},
                (proxy, method, arguments) -> null);
    OnlineTraining training =
        new OnlineTraining(
            student,
            new BatchBuilder(ModelFixtures.spec("cnn"), 0.9),
            new TeacherAwareReplay(
                ReplayBuffer.create(BufferKind.RESERVOIR, BufferLimits.views(100), 1),
                TeacherChangePolicy.KEEP,
                ReplaySampling.ALL),
            new PrequentialWindow(100),
            BATCH,
            1,
            silent,
            () -> 0);
    return new GuardedTraining(
        student,
        training,
        new DivergenceSettings(6, 3, 50, 100, 10, 0.5, 2000, 3, 10_000),
        new DriftSettings(1e-4, true, 1, 1000, true),
        silent);
  }
}
