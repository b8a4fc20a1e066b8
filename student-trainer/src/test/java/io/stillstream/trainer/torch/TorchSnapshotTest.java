package io.stillstream.trainer.torch;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.PixelEncoding;
import io.stillstream.trainer.training.Student;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.TrainingExample;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TorchSnapshotTest {
  @ParameterizedTest
  @ValueSource(strings = {"mlp", "cnn", "dropout"})
  void shouldMakeEverythingWhatItWasBitForBit(String name) throws IOException {
    // given
    BatchBuilder batches = new BatchBuilder(ModelFixtures.spec(name), 0.9);
    try (TorchStudent student =
        TorchStudent.begin(ModelFixtures.student(name), GoldenFile.RECIPE, 1)) {
      train(student, batches, 1, 5, 1);
      Map<String, String> before = state(student);
      int tensors = student.openTensors();

      // when: with weights that are not even numbers any more
      try (Student.StudentSnapshot snapshot = student.snapshot()) {
        train(student, batches, 6, 9, 1e30);
        assertThat(state(student)).isNotEqualTo(before);
        student.restore(snapshot);

        // then
        assertThat(state(student)).isEqualTo(before);

        // and: it can be gone back to more than once, and training goes on as if nothing had been
        train(student, batches, 6, 9, 1);
        Map<String, String> after = state(student);
        student.restore(snapshot);
        train(student, batches, 6, 9, 1);
        assertThat(state(student)).isEqualTo(after);
      }
      assertThat(student.openTensors()).isEqualTo(tensors);
    }
  }

  @Test
  void shouldLetTheAverageWarmUpAnew() throws IOException {
    // given: after 4,000 steps the average is slow
    BatchBuilder batches = new BatchBuilder(ModelFixtures.spec("mlp"), 0.9);
    try (TorchStudent student =
        TorchStudent.begin(ModelFixtures.student("mlp"), GoldenFile.RECIPE, 1)) {
      // when
      student.restartAverage(4_000);
      train(student, batches, 4_001, 4_040, 1);
      Map<String, byte[]> anew = ArchiveEntries.tensors(student.average());

      // then: it is what it would have been from the first step on
      try (TorchStudent first =
          TorchStudent.begin(ModelFixtures.student("mlp"), GoldenFile.RECIPE, 1)) {
        for (int step = 1; step <= 40; step++) {
          first.update(batches.build(views(4_000 + step, 1)), step);
        }
        assertThat(anew).containsExactlyEntriesOf(ArchiveEntries.tensors(first.average()));
      }
    }
  }

  private static Map<String, String> state(TorchStudent student) throws IOException {
    student.rateFactor(1);
    return Map.of(
        "weights", text(ArchiveEntries.tensors(student.weights())),
        "average", text(ArchiveEntries.tensors(student.average())),
        "optimiser", java.util.HexFormat.of().formatHex(student.optimiser()));
  }

  private static String text(Map<String, byte[]> tensors) {
    StringBuilder text = new StringBuilder();
    tensors.forEach(
        (name, bytes) ->
            text.append(name).append(' ').append(java.util.HexFormat.of().formatHex(bytes)));
    return text.toString();
  }

  /** With a rate factor that may be enormous. */
  private static void train(
      TorchStudent student, BatchBuilder batches, int from, int to, double factor) {
    student.rateFactor(factor);
    for (int step = from; step <= to; step++) {
      student.update(batches.build(views(step, 1)), step);
    }
  }

  private static List<TrainingExample> views(long seed, float scale) {
    Random random = new Random(seed);
    List<TrainingExample> views = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      byte[] pixels = new byte[64];
      random.nextBytes(pixels);
      float[] logits = new float[5];
      for (int k = 0; k < 5; k++) {
        logits[k] = scale * (float) random.nextGaussian();
      }
      views.add(
          new TrainingExample(
              PixelEncoding.RAW, pixels, logits, LabelTarget.of(random.nextInt(5)), false));
    }
    return views;
  }
}
