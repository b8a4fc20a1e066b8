package io.stillstream.trainer.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.trainer.training.BrokenStudentException;
import io.stillstream.trainer.training.StepReport;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.example.TrainingExample;
import io.stillstream.trainer.training.hyperparameters.Hyperparameters;
import io.stillstream.trainer.training.hyperparameters.OptimiserSettings;
import io.stillstream.trainer.training.hyperparameters.OptimiserSettings.MuonSettings;
import io.stillstream.trainer.training.hyperparameters.OptimiserSettings.ScheduleKind;
import io.stillstream.trainer.training.hyperparameters.OptimiserSettings.ScheduleSettings;
import io.stillstream.trainer.training.hyperparameters.TorchOptions;
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
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TorchStudentTest {
  private static final Hyperparameters SGD =
      GoldenFile.recipe(
          new OptimiserSettings(
              OptimiserSettings.Kind.SGD,
              0.05,
              1e-4,
              5,
              0.9,
              true,
              new ScheduleSettings(ScheduleKind.COSINE, 5, 8, 1, 0),
              new MuonSettings(0.02)));

  @ParameterizedTest
  @ValueSource(strings = {"cnn", "dropout"})
  void shouldBeWhatItWasAfterAStepThatFailed(String name, @TempDir Path directory)
      throws IOException {
    // given: batches of seven classes, for a student that knows five
    Files.write(directory.resolve("model.pt"), ModelFixtures.student(name));
    String spec = Files.readString(Path.of("src/test/resources/students", name, "student.yaml"));
    Files.writeString(
        directory.resolve("student.yaml"),
        spec.replaceAll("classes: .*", "classes: [a,b,c,d,e,f,g]"));
    BatchBuilder odd = new BatchBuilder(ModelSpec.load(directory, "student"), 0.9);
    TrainingExample view =
        new TrainingExample(PixelEncoding.RAW, new byte[64], new float[7], null, false);
    BatchBuilder batches = new BatchBuilder(ModelFixtures.spec(name), 0.9);
    Map<String, byte[]> expected;
    try (TorchStudent student =
        TorchStudent.begin(ModelFixtures.student(name), GoldenFile.RECIPE, 1)) {
      train(student, batches, 1, 10);
      expected = ArchiveEntries.tensors(student.weights());
    }

    // when
    try (TorchStudent student =
        TorchStudent.begin(ModelFixtures.student(name), GoldenFile.RECIPE, 1)) {
      train(student, batches, 1, 5);
      int open = student.openTensors();
      TrainingBatch failing = odd.build(List.of(view, view, view));
      assertThatThrownBy(() -> student.update(failing, 6))
          .isInstanceOf(RuntimeException.class)
          .isNotInstanceOf(BrokenStudentException.class);
      assertThatThrownBy(() -> student.dryRun(failing)).isInstanceOf(RuntimeException.class);
      student.dryRun(batches.grey(2));
      assertThat(student.openTensors()).isEqualTo(open);
      train(student, batches, 6, 10);

      // then
      assertThat(ArchiveEntries.tensors(student.weights())).containsExactlyEntriesOf(expected);
    }
  }

  private static Hyperparameters recipe(String kind) {
    return switch (kind) {
      case "sgd" -> SGD;
      case "muon" ->
          GoldenFile.recipe(GoldenFile.optimiser(OptimiserSettings.Kind.MUON, 4e-3, 1e-4, 5));
      default -> GoldenFile.RECIPE;
    };
  }

  @ParameterizedTest
  @CsvSource({"mlp, adamw", "cnn, adamw", "dropout, adamw", "cnn, sgd", "deep, muon", "cnn, muon"})
  void shouldResumeBitForBit(String name, String kind) throws IOException {
    // given
    Hyperparameters recipe = recipe(kind);
    BatchBuilder batches = new BatchBuilder(ModelFixtures.spec(name), 0.9);
    byte[] optimiser;
    byte[] weights;
    byte[] average;
    Map<String, byte[]> expected;
    Map<String, byte[]> expectedAverage;
    try (TorchStudent student = TorchStudent.begin(ModelFixtures.student(name), recipe, 1)) {
      train(student, batches, 1, 10);
      weights = student.weights();
      average = student.average();
      optimiser = student.optimiser();
      train(student, batches, 11, 25);
      expected = ArchiveEntries.tensors(student.weights());
      expectedAverage = ArchiveEntries.tensors(student.average());
    }

    // when
    DataInputStream state = new DataInputStream(new ByteArrayInputStream(optimiser));
    try (TorchStudent student =
        TorchStudent.resume(
            weights, average, Optional.empty(), state, recipe, TorchOptions.cpu(1))) {
      train(student, batches, 11, 25);

      // then
      assertThat(ArchiveEntries.tensors(student.weights())).containsExactlyEntriesOf(expected);
      assertThat(ArchiveEntries.tensors(student.average()))
          .containsExactlyEntriesOf(expectedAverage);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlp", "cnn", "dropout"})
  void shouldChangeNothingInAStepThatIsNotFinite(String name) throws IOException {
    // given
    BatchBuilder batches = new BatchBuilder(ModelFixtures.spec(name), 0.9);
    List<TrainingExample> poisoned = new ArrayList<>(views(4));
    float[] poison = {Float.NaN, 0, 0, 0, 0};
    poisoned.set(1, new TrainingExample(PixelEncoding.RAW, new byte[64], poison, null, false));
    try (TorchStudent student =
        TorchStudent.begin(ModelFixtures.student(name), GoldenFile.RECIPE, 1)) {
      train(student, batches, 1, 3);
      byte[] optimiser = student.optimiser();
      Map<String, byte[]> weights = ArchiveEntries.tensors(student.weights());
      Map<String, byte[]> average = ArchiveEntries.tensors(student.average());
      int tensors = student.openTensors();

      // when
      StepReport report = student.update(batches.build(poisoned), 4);

      // then
      assertThat(report.skipped()).isTrue();
      assertThat(report.loss()).isNaN();
      assertThat(student.openTensors()).isEqualTo(tensors);
      assertThat(ArchiveEntries.tensors(student.weights())).containsExactlyEntriesOf(weights);
      assertThat(ArchiveEntries.tensors(student.average())).containsExactlyEntriesOf(average);
      assertThat(student.optimiser()).isEqualTo(optimiser);

      // and: its gradients are not in the next step
      assertThat(student.update(batches.build(views(4)), 4).skipped()).isFalse();
      byte[] after = student.optimiser();
      try (TorchStudent spared =
          TorchStudent.begin(ModelFixtures.student(name), GoldenFile.RECIPE, 1)) {
        train(spared, batches, 1, 4);
        assertThat(after).isEqualTo(spared.optimiser());
        assertThat(ArchiveEntries.tensors(student.weights()))
            .containsExactlyEntriesOf(ArchiveEntries.tensors(spared.weights()));
      }
    }
  }

  @Test
  void shouldMultiplyTheRateAndRememberIt() throws IOException {
    // given
    BatchBuilder batches = new BatchBuilder(ModelFixtures.spec("mlp"), 0.9);
    try (TorchStudent student =
        TorchStudent.begin(ModelFixtures.student("mlp"), GoldenFile.RECIPE, 1)) {
      assertThat(student.rateFactor()).isEqualTo(1);

      // when
      student.rateFactor(0.25);
      StepReport report = student.update(batches.build(views(1)), 1);

      // then
      assertThat(report.rate()).isEqualTo(GoldenFile.RECIPE.optimiser().learningRate() / 4);
      DataInputStream state = new DataInputStream(new ByteArrayInputStream(student.optimiser()));
      try (TorchStudent resumed =
          TorchStudent.resume(
              student.weights(),
              student.average(),
              Optional.empty(),
              state,
              GoldenFile.RECIPE,
              TorchOptions.cpu(1))) {
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
    BatchBuilder batches = new BatchBuilder(ModelFixtures.spec("mlp"), 0.9);
    try (TorchStudent student =
        TorchStudent.begin(ModelFixtures.student("mlp"), GoldenFile.RECIPE, 1)) {
      train(student, batches, 1, 3);
      DataInputStream old = new DataInputStream(firstFormat(student.optimiser()));

      // when
      try (TorchStudent resumed =
          TorchStudent.resume(
              student.weights(),
              student.average(),
              Optional.empty(),
              old,
              GoldenFile.RECIPE,
              TorchOptions.cpu(1))) {
        // then
        assertThat(resumed.optimiser()).isEqualTo(student.optimiser());
      }
    }
  }

  @Test
  void shouldBeginAnewWhereTheOptimiserWasChanged() throws IOException {
    // given
    BatchBuilder batches = new BatchBuilder(ModelFixtures.spec("mlp"), 0.9);
    byte[] fresh;
    try (TorchStudent student = TorchStudent.begin(ModelFixtures.student("mlp"), SGD, 1)) {
      student.rateFactor(0.5);
      fresh = student.optimiser();
    }
    try (TorchStudent student =
        TorchStudent.begin(ModelFixtures.student("mlp"), GoldenFile.RECIPE, 1)) {
      train(student, batches, 1, 3);
      student.rateFactor(0.5);
      DataInputStream state = new DataInputStream(new ByteArrayInputStream(student.optimiser()));

      // when
      try (TorchStudent resumed =
          TorchStudent.resume(
              student.weights(),
              student.average(),
              Optional.empty(),
              state,
              SGD,
              TorchOptions.cpu(1))) {
        // then
        assertThat(resumed.optimiser()).isEqualTo(fresh);
      }
    }
  }

  @Test
  void shouldDeriveABatchInPartsToTheSameStep() throws IOException {
    // given
    BatchBuilder batches = new BatchBuilder(ModelFixtures.spec("mlp"), 0.9);
    Hyperparameters whole = GoldenFile.RECIPE;
    Hyperparameters parted =
        new Hyperparameters(whole.loss(), whole.optimiser(), whole.maxDecay(), 3, whole.seed());
    try (TorchStudent expected = TorchStudent.begin(ModelFixtures.student("mlp"), whole, 1);
        TorchStudent student = TorchStudent.begin(ModelFixtures.student("mlp"), parted, 1)) {
      int tensors = student.openTensors();
      for (int step = 1; step <= 10; step++) {
        // when
        StepReport report = student.update(batches.build(views(step)), step);

        // then
        StepReport reference = expected.update(batches.build(views(step)), step);
        assertThat(report.loss()).isCloseTo(reference.loss(), within(1e-5));
        assertThat(report.labels()).isCloseTo(reference.labels(), within(1e-5));
        assertThat(report.gradientNorm()).isCloseTo(reference.gradientNorm(), within(1e-5));
        assertThat(report.logits()).containsExactly(reference.logits(), within(1e-4f));
      }
      assertThat(student.openTensors()).isEqualTo(tensors);
      TrainingBatch batch = batches.build(views(11));
      assertThat(student.predict(batch)).containsExactly(expected.predict(batch), within(1e-4f));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void shouldReportTheLogitsFromBeforeTheStepInTheOrderOfTheViews(int parts) {
    // given: a student without dropout, which is its own average at first
    BatchBuilder batches = new BatchBuilder(ModelFixtures.spec("mlp"), 0.9);
    Hyperparameters whole = GoldenFile.RECIPE;
    Hyperparameters parted =
        new Hyperparameters(whole.loss(), whole.optimiser(), whole.maxDecay(), parts, whole.seed());
    try (TorchStudent student = TorchStudent.begin(ModelFixtures.student("mlp"), parted, 1)) {
      float[] before = student.predict(batches.build(views(1)));

      // when
      StepReport report = student.update(batches.build(views(1)), 1);

      // then
      assertThat(report.logits()).hasSize(8 * 5).containsExactly(before, within(1e-5f));
    }
  }

  @Test
  void shouldClipOnlyWhenToldTo() {
    // given
    BatchBuilder batches = new BatchBuilder(ModelFixtures.spec("mlp"), 0.9);
    List<float[]> predictions = new ArrayList<>();
    for (double clip : new double[] {0, 1e9, 0.01}) {
      Hyperparameters recipe =
          GoldenFile.recipe(GoldenFile.optimiser(OptimiserSettings.Kind.SGD, 0.05, 1e-4, clip));
      try (TorchStudent student = TorchStudent.begin(ModelFixtures.student("mlp"), recipe, 1)) {
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
    BatchBuilder batches = new BatchBuilder(ModelFixtures.spec("dropout"), 0.9);
    try (TorchStudent student =
            TorchStudent.begin(ModelFixtures.student("dropout"), GoldenFile.RECIPE, 1);
        TorchStudent asked =
            TorchStudent.begin(ModelFixtures.student("dropout"), GoldenFile.RECIPE, 1)) {
      for (int step = 1; step <= 5; step++) {
        // when: one is asked, saved and averaged between its steps
        float[] first = asked.predict(batches.build(views(100)));
        byte[] average = asked.average();
        byte[] weights = asked.weights();

        // then: dropout is off, and nothing moves by answering
        assertThat(asked.predict(batches.build(views(100)))).isEqualTo(first);
        assertThat(ArchiveEntries.tensors(asked.average()))
            .containsExactlyEntriesOf(ArchiveEntries.tensors(average));
        assertThat(ArchiveEntries.tensors(asked.weights()))
            .containsExactlyEntriesOf(ArchiveEntries.tensors(weights));

        // and: its next step is that of a student that is only trained
        StepReport report = asked.update(batches.build(views(step)), step);
        assertThat(report)
            .usingRecursiveComparison()
            .isEqualTo(student.update(batches.build(views(step)), step));
      }
      // and: dropout is on in training: another seed is another loss
      Hyperparameters recipe = GoldenFile.RECIPE;
      Hyperparameters seeded =
          new Hyperparameters(recipe.loss(), recipe.optimiser(), recipe.maxDecay(), 1, 2);
      try (TorchStudent other = TorchStudent.begin(ModelFixtures.student("dropout"), seeded, 1);
          TorchStudent again =
              TorchStudent.begin(ModelFixtures.student("dropout"), GoldenFile.RECIPE, 1)) {
        TrainingBatch batch = batches.build(views(1));
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

  @Tag("slow")
  @ParameterizedTest
  @CsvSource({"mlp, adamw", "deep, muon", "cnn, muon"})
  void shouldNotLeakNativeMemory(String name, String kind) throws IOException {
    // given
    assertThat(Path.of("/proc/self/status"))
        .as("resident memory is read from Linux's /proc, so this test needs Linux")
        .isReadable();
    BatchBuilder batches = new BatchBuilder(ModelFixtures.spec(name), 0.9);
    try (TorchStudent student = TorchStudent.begin(ModelFixtures.student(name), recipe(kind), 1)) {
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

  private static List<TrainingExample> views(long seed) {
    Random random = new Random(seed);
    List<TrainingExample> views = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      byte[] pixels = new byte[64];
      random.nextBytes(pixels);
      float[] logits = new float[5];
      for (int k = 0; k < 5; k++) {
        logits[k] = (float) random.nextGaussian();
      }
      views.add(
          new TrainingExample(
              PixelEncoding.RAW, pixels, logits, LabelTarget.of(random.nextInt(5)), false));
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
