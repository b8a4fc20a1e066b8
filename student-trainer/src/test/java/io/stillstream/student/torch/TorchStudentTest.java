package io.stillstream.student.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.runtime.ModelSpec;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.student.training.Batch;
import io.stillstream.student.training.BatchBuilder;
import io.stillstream.student.training.BrokenStudentException;
import io.stillstream.student.training.OptimiserSettings;
import io.stillstream.student.training.OptimiserSettings.ScheduleKind;
import io.stillstream.student.training.OptimiserSettings.ScheduleSettings;
import io.stillstream.student.training.Recipe;
import io.stillstream.student.training.StepReport;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TorchStudentTest {
  private static final Recipe SGD =
      Golden.recipe(
          new OptimiserSettings(
              OptimiserSettings.Kind.SGD,
              0.05,
              1e-4,
              5,
              0.9,
              true,
              new ScheduleSettings(ScheduleKind.COSINE, 5, 8, 1, 0)));

  @ParameterizedTest
  @ValueSource(strings = {"cnn", "dropout"})
  void shouldBeWhatItWasAfterAStepThatFailed(String name, @TempDir Path directory)
      throws IOException {
    // given: batches of seven classes, for a student that knows five
    Files.write(directory.resolve("model.pt"), Fixtures.student(name));
    String spec = Files.readString(Path.of("src/test/resources/students", name, "student.yaml"));
    Files.writeString(
        directory.resolve("student.yaml"),
        spec.replaceAll("classes: .*", "classes: [a,b,c,d,e,f,g]"));
    BatchBuilder odd = new BatchBuilder(ModelSpec.load(directory, "student"), 0.9);
    View view = new View(PixelEncoding.RAW, new byte[64], new float[7], null, false);
    BatchBuilder batches = new BatchBuilder(Fixtures.spec(name), 0.9);
    Map<String, byte[]> expected;
    try (TorchStudent student = TorchStudent.begin(Fixtures.student(name), Golden.RECIPE, 1)) {
      train(student, batches, 1, 10);
      expected = ScriptArchive.parse(student.weights()).tensors();
    }

    // when
    try (TorchStudent student = TorchStudent.begin(Fixtures.student(name), Golden.RECIPE, 1)) {
      train(student, batches, 1, 5);
      int open = student.openTensors();
      Batch failing = odd.build(List.of(view, view, view));
      assertThatThrownBy(() -> student.update(failing, 6))
          .isInstanceOf(RuntimeException.class)
          .isNotInstanceOf(BrokenStudentException.class);
      assertThatThrownBy(() -> student.rehearse(failing)).isInstanceOf(RuntimeException.class);
      student.rehearse(batches.grey(2));
      assertThat(student.openTensors()).isEqualTo(open);
      train(student, batches, 6, 10);

      // then
      assertThat(ScriptArchive.parse(student.weights()).tensors())
          .containsExactlyEntriesOf(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({"mlp, adamw", "cnn, adamw", "dropout, adamw", "cnn, sgd"})
  void shouldResumeBitForBit(String name, String kind) throws IOException {
    // given
    Recipe recipe = kind.equals("sgd") ? SGD : Golden.RECIPE;
    BatchBuilder batches = new BatchBuilder(Fixtures.spec(name), 0.9);
    ByteArrayOutputStream optimiser = new ByteArrayOutputStream();
    byte[] weights;
    byte[] average;
    Map<String, byte[]> expected;
    Map<String, byte[]> expectedAverage;
    try (TorchStudent student = TorchStudent.begin(Fixtures.student(name), recipe, 1)) {
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
    try (TorchStudent student = TorchStudent.resume(weights, average, state, recipe, 1)) {
      train(student, batches, 11, 25);

      // then
      assertThat(ScriptArchive.parse(student.weights()).tensors())
          .containsExactlyEntriesOf(expected);
      assertThat(ScriptArchive.parse(student.average()).tensors())
          .containsExactlyEntriesOf(expectedAverage);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlp", "cnn", "dropout"})
  void shouldChangeNothingInAStepThatIsNotFinite(String name) throws IOException {
    // given
    BatchBuilder batches = new BatchBuilder(Fixtures.spec(name), 0.9);
    List<View> poisoned = new ArrayList<>(views(4));
    float[] poison = {Float.NaN, 0, 0, 0, 0};
    poisoned.set(1, new View(PixelEncoding.RAW, new byte[64], poison, null, false));
    try (TorchStudent student = TorchStudent.begin(Fixtures.student(name), Golden.RECIPE, 1)) {
      train(student, batches, 1, 3);
      byte[] optimiser = optimiser(student);
      Map<String, byte[]> weights = ScriptArchive.parse(student.weights()).tensors();
      Map<String, byte[]> average = ScriptArchive.parse(student.average()).tensors();
      int tensors = student.openTensors();

      // when
      StepReport report = student.update(batches.build(poisoned), 4);

      // then
      assertThat(report.skipped()).isTrue();
      assertThat(report.loss()).isNaN();
      assertThat(student.openTensors()).isEqualTo(tensors);
      assertThat(ScriptArchive.parse(student.weights()).tensors())
          .containsExactlyEntriesOf(weights);
      assertThat(ScriptArchive.parse(student.average()).tensors())
          .containsExactlyEntriesOf(average);
      assertThat(optimiser(student)).isEqualTo(optimiser);

      // and: its gradients are not in the next step
      assertThat(student.update(batches.build(views(4)), 4).skipped()).isFalse();
      byte[] after = optimiser(student);
      try (TorchStudent spared = TorchStudent.begin(Fixtures.student(name), Golden.RECIPE, 1)) {
        train(spared, batches, 1, 4);
        assertThat(after).isEqualTo(optimiser(spared));
        assertThat(ScriptArchive.parse(student.weights()).tensors())
            .containsExactlyEntriesOf(ScriptArchive.parse(spared.weights()).tensors());
      }
    }
  }

  @Test
  void shouldMultiplyTheRateAndRememberIt() throws IOException {
    // given
    BatchBuilder batches = new BatchBuilder(Fixtures.spec("mlp"), 0.9);
    try (TorchStudent student = TorchStudent.begin(Fixtures.student("mlp"), Golden.RECIPE, 1)) {
      assertThat(student.rateFactor()).isEqualTo(1);

      // when
      student.rateFactor(0.25);
      StepReport report = student.update(batches.build(views(1)), 1);

      // then
      assertThat(report.rate()).isEqualTo(Golden.RECIPE.optimiser().learningRate() / 4);
      DataInputStream state = new DataInputStream(new ByteArrayInputStream(optimiser(student)));
      try (TorchStudent resumed =
          TorchStudent.resume(student.weights(), student.average(), state, Golden.RECIPE, 1)) {
        assertThat(resumed.rateFactor()).isEqualTo(0.25);
      }
      assertThatThrownBy(() -> student.rateFactor(0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("factor must be positive, was 0.0");
    }
  }

  @Test
  void shouldReadTheFirstFormatOfTheOptimiser() throws IOException {
    // given
    BatchBuilder batches = new BatchBuilder(Fixtures.spec("mlp"), 0.9);
    try (TorchStudent student = TorchStudent.begin(Fixtures.student("mlp"), Golden.RECIPE, 1)) {
      train(student, batches, 1, 3);
      DataInputStream old = new DataInputStream(firstFormat(optimiser(student)));

      // when
      try (TorchStudent resumed =
          TorchStudent.resume(student.weights(), student.average(), old, Golden.RECIPE, 1)) {
        // then
        assertThat(optimiser(resumed)).isEqualTo(optimiser(student));
      }
    }
  }

  @Test
  void shouldBeginAnewWhereTheOptimiserWasChanged() throws IOException {
    // given
    BatchBuilder batches = new BatchBuilder(Fixtures.spec("mlp"), 0.9);
    byte[] fresh;
    try (TorchStudent student = TorchStudent.begin(Fixtures.student("mlp"), SGD, 1)) {
      student.rateFactor(0.5);
      fresh = optimiser(student);
    }
    try (TorchStudent student = TorchStudent.begin(Fixtures.student("mlp"), Golden.RECIPE, 1)) {
      train(student, batches, 1, 3);
      student.rateFactor(0.5);
      DataInputStream state = new DataInputStream(new ByteArrayInputStream(optimiser(student)));

      // when
      try (TorchStudent resumed =
          TorchStudent.resume(student.weights(), student.average(), state, SGD, 1)) {
        // then
        assertThat(optimiser(resumed)).isEqualTo(fresh);
      }
    }
  }

  @Test
  void shouldDeriveABatchInPartsToTheSameStep() throws IOException {
    // given
    BatchBuilder batches = new BatchBuilder(Fixtures.spec("mlp"), 0.9);
    Recipe whole = Golden.RECIPE;
    Recipe parted = new Recipe(whole.loss(), whole.optimiser(), whole.maxDecay(), 3, whole.seed());
    try (TorchStudent expected = TorchStudent.begin(Fixtures.student("mlp"), whole, 1);
        TorchStudent student = TorchStudent.begin(Fixtures.student("mlp"), parted, 1)) {
      int tensors = student.openTensors();
      for (int step = 1; step <= 10; step++) {
        // when
        StepReport report = student.update(batches.build(views(step)), step);

        // then
        StepReport reference = expected.update(batches.build(views(step)), step);
        assertThat(report.loss()).isCloseTo(reference.loss(), within(1e-5));
        assertThat(report.labels()).isCloseTo(reference.labels(), within(1e-5));
        assertThat(report.gradientNorm()).isCloseTo(reference.gradientNorm(), within(1e-5));
      }
      assertThat(student.openTensors()).isEqualTo(tensors);
      Batch batch = batches.build(views(11));
      assertThat(student.predict(batch)).containsExactly(expected.predict(batch), within(1e-4f));
    }
  }

  @Test
  void shouldClipOnlyWhenToldTo() {
    // given
    BatchBuilder batches = new BatchBuilder(Fixtures.spec("mlp"), 0.9);
    List<float[]> predictions = new ArrayList<>();
    for (double clip : new double[] {0, 1e9, 0.01}) {
      Recipe recipe = Golden.recipe(Golden.optimiser(OptimiserSettings.Kind.SGD, 0.05, 1e-4, clip));
      try (TorchStudent student = TorchStudent.begin(Fixtures.student("mlp"), recipe, 1)) {
        // when
        train(student, batches, 1, 3);
        predictions.add(student.predict(batches.build(views(1))));
      }
    }

    // then
    assertThat(predictions.get(0)).isEqualTo(predictions.get(1)).isNotEqualTo(predictions.get(2));
  }

  @Test
  void shouldAnswerInInferenceModeBetweenStepsAndTrainInTrainingMode() throws IOException {
    // given
    BatchBuilder batches = new BatchBuilder(Fixtures.spec("dropout"), 0.9);
    try (TorchStudent student = TorchStudent.begin(Fixtures.student("dropout"), Golden.RECIPE, 1);
        TorchStudent asked = TorchStudent.begin(Fixtures.student("dropout"), Golden.RECIPE, 1)) {
      for (int step = 1; step <= 5; step++) {
        // when: one is asked, saved and averaged between its steps
        float[] first = asked.predict(batches.build(views(100)));
        byte[] average = asked.average();
        byte[] weights = asked.weights();

        // then: dropout is off, and nothing moves by answering
        assertThat(asked.predict(batches.build(views(100)))).isEqualTo(first);
        assertThat(ScriptArchive.parse(asked.average()).tensors())
            .containsExactlyEntriesOf(ScriptArchive.parse(average).tensors());
        assertThat(ScriptArchive.parse(asked.weights()).tensors())
            .containsExactlyEntriesOf(ScriptArchive.parse(weights).tensors());

        // and: its next step is that of a student that is only trained
        StepReport report = asked.update(batches.build(views(step)), step);
        assertThat(report).isEqualTo(student.update(batches.build(views(step)), step));
      }
      // and: dropout is on in training: another seed is another loss
      Recipe recipe = Golden.RECIPE;
      Recipe seeded = new Recipe(recipe.loss(), recipe.optimiser(), recipe.maxDecay(), 1, 2);
      try (TorchStudent other = TorchStudent.begin(Fixtures.student("dropout"), seeded, 1);
          TorchStudent again = TorchStudent.begin(Fixtures.student("dropout"), Golden.RECIPE, 1)) {
        Batch batch = batches.build(views(1));
        assertThat(other.update(batch, 1).loss()).isNotEqualTo(again.update(batch, 1).loss());
      }
    }
  }

  /** The same memory as it was written before there were several optimisers. */
  private static ByteArrayInputStream firstFormat(byte[] state) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(state));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    assertThat(in.readLong()).isEqualTo(-2);
    assertThat(in.readUTF()).isEqualTo("adamw");
    assertThat(in.readDouble()).isEqualTo(1);
    out.writeLong(in.readLong());
    int weights = in.readInt();
    out.writeInt(weights);
    for (int i = 0; i < weights; i++) {
      out.writeUTF(in.readUTF());
      assertThat(in.readInt()).isEqualTo(2);
      for (int slot = 0; slot < 2; slot++) {
        int length = in.readInt();
        out.writeInt(length);
        out.write(in.readNBytes(4 * length));
      }
    }
    return new ByteArrayInputStream(bytes.toByteArray());
  }

  private static byte[] optimiser(TorchStudent student) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    student.saveOptimiser(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  @Tag("slow")
  @Test
  void shouldNotLeakNativeMemory() throws IOException {
    // given
    assertThat(Path.of("/proc/self/status"))
        .as("resident memory is read from Linux's /proc, so this test needs Linux")
        .isReadable();
    BatchBuilder batches = new BatchBuilder(Fixtures.spec("mlp"), 0.9);
    try (TorchStudent student = TorchStudent.begin(Fixtures.student("mlp"), Golden.RECIPE, 1)) {
      train(student, batches, 1, 1_000);
      int tensors = student.openTensors();
      long before = residentKilobytes();

      // when
      train(student, batches, 1_001, 2_500);

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
