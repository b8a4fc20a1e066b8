package io.stillstream.student.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stillstream.schemas.PixelEncoding;
import io.stillstream.student.training.Batch;
import io.stillstream.student.training.BatchBuilder;
import io.stillstream.student.training.Target;
import io.stillstream.student.training.View;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TorchStudentTest {
  @ParameterizedTest
  @ValueSource(strings = {"mlp", "cnn", "dropout"})
  void shouldResumeBitForBit(String name) throws IOException {
    // given
    BatchBuilder batches = new BatchBuilder(Fixtures.spec(name), 0.9);
    ByteArrayOutputStream optimiser = new ByteArrayOutputStream();
    byte[] weights;
    byte[] average;
    Map<String, byte[]> expected;
    Map<String, byte[]> expectedAverage;
    try (TorchStudent student = TorchStudent.begin(Fixtures.student(name), Golden.RECIPE, 1)) {
      train(student, batches, 1, 10);
      weights = student.weights();
      average = student.average();
      student.saveOptimiser(new DataOutputStream(optimiser));
      train(student, batches, 11, 25);
      expected = ScriptArchive.parse(student.weights()).tensors();
      expectedAverage = ScriptArchive.parse(student.average()).tensors();
    }

    // when
    DataInputStream state = new DataInputStream(new ByteArrayInputStream(optimiser.toByteArray()));
    try (TorchStudent student = TorchStudent.resume(weights, average, state, Golden.RECIPE, 1)) {
      train(student, batches, 11, 25);

      // then
      assertThat(ScriptArchive.parse(student.weights()).tensors())
          .containsExactlyEntriesOf(expected);
      assertThat(ScriptArchive.parse(student.average()).tensors())
          .containsExactlyEntriesOf(expectedAverage);
    }
  }

  @Test
  void shouldLeaveTheWeightsAloneWhenAStepIsNotFinite() {
    // given
    BatchBuilder batches = new BatchBuilder(Fixtures.spec("mlp"), 0.9);
    try (TorchStudent student = TorchStudent.begin(Fixtures.student("mlp"), Golden.RECIPE, 1)) {
      train(student, batches, 1, 3);
      Map<String, byte[]> before = ScriptArchive.parse(student.weights()).tensors();
      float[] poison = {Float.NaN, 0, 0, 0, 0};
      Batch batch =
          batches.build(List.of(new View(PixelEncoding.RAW, new byte[64], poison, null, false)));

      // when
      assertThatThrownBy(() -> student.update(batch, 4))
          // then
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("step 4: loss NaN");
      assertThat(ScriptArchive.parse(student.weights()).tensors()).containsExactlyEntriesOf(before);
    }
  }

  @Test
  void shouldNotLeakNativeMemory() throws IOException {
    // given
    assumeTrue(Files.exists(Path.of("/proc/self/status")));
    BatchBuilder batches = new BatchBuilder(Fixtures.spec("mlp"), 0.9);
    try (TorchStudent student = TorchStudent.begin(Fixtures.student("mlp"), Golden.RECIPE, 1)) {
      train(student, batches, 1, 2_000);
      int tensors = student.openTensors();
      long before = residentKilobytes();

      // when
      train(student, batches, 2_001, 6_000);

      // then: memory may grow by what the heap takes up; without a manager per step it grows by
      // 0.7 MB a step
      assertThat(student.openTensors()).isEqualTo(tensors);
      assertThat(residentKilobytes() - before).isLessThan(300_000);
    }
  }

  private static void train(TorchStudent student, BatchBuilder batches, int from, int to) {
    for (int step = from; step <= to; step++) {
      student.update(batches.build(views(step)), step);
    }
  }

  private static List<View> views(long seed) {
    Random random = new Random(seed);
    List<View> views = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      byte[] pixels = new byte[64];
      random.nextBytes(pixels);
      float[] logits = new float[5];
      for (int k = 0; k < 5; k++) {
        logits[k] = (float) random.nextGaussian();
      }
      views.add(new View(PixelEncoding.RAW, pixels, logits, Target.of(random.nextInt(5)), false));
    }
    return views;
  }

  private static long residentKilobytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
