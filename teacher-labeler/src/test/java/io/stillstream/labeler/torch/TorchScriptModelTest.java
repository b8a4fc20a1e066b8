package io.stillstream.labeler.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.labeler.model.DeviceBatch;
import io.stillstream.labeler.model.InferenceException;
import io.stillstream.labeler.model.Pixels;
import io.stillstream.labeler.model.TeacherProbe;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.answer.OutputShape;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TorchScriptModelTest {
  @ParameterizedTest
  @ValueSource(strings = {"linear", "bytes", "float16", "bfloat16"})
  void shouldAnswerEveryViewInItsPlace(String name) {
    try (TorchScriptModel model = TorchScriptModel.load(TeacherModelFixtures.spec(name))) {
      for (int n : new int[] {1, 7, 3, 128, 2}) {
        // given
        List<Pixels> views =
            IntStream.range(0, n).mapToObj(i -> TeacherModelFixtures.pixels(i * 31)).toList();

        // when
        float[][] logits = model.answers(views);

        // then
        assertThat(logits.length).isEqualTo(n);
        for (int i = 0; i < n; i++) {
          assertThat(logits[i])
              .containsExactly(
                  TeacherModelFixtures.linear(views.get(i).bytes()), within(tolerance(name)));
        }
      }
    }
  }

  @Test
  void shouldAnswerEveryCellInTheOrderOfClassesAndRows() {
    try (TorchScriptModel model = TorchScriptModel.load(TeacherModelFixtures.spec("pixels"))) {
      // given
      List<Pixels> views =
          List.of(TeacherModelFixtures.pixels(0), TeacherModelFixtures.pixels(100));

      // when
      float[][] answers = model.answers(views);

      // then
      assertThat(model.output()).isEqualTo(OutputShape.segmentation(3, 2, 2, 2));
      for (int n = 0; n < views.size(); n++) {
        assertThat(answers[n])
            .containsExactly(TeacherModelFixtures.cells(views.get(n).bytes()), within(1e-5f));
      }
    }
  }

  @Test
  void shouldAnswerWithVectors() {
    try (TorchScriptModel model = TorchScriptModel.load(TeacherModelFixtures.spec("vector"))) {
      // when
      float[][] answers =
          model.answers(List.of(TeacherModelFixtures.pixels(0), TeacherModelFixtures.pixels(100)));

      // then
      assertThat(model.output()).isEqualTo(OutputShape.embedding(5));
      assertThat(answers[1])
          .containsExactly(
              new float[] {100 / 255f, 101 / 255f, 102 / 255f, 103 / 255f, 104 / 255f},
              within(1e-6f));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"colours-last", "planes"})
  void shouldLayPixelsOutAsDeclared(String name) {
    try (TorchScriptModel model = TorchScriptModel.load(TeacherModelFixtures.spec(name))) {
      // given
      byte[] pixels = new byte[48];
      for (int i = 0; i < pixels.length; i += 3) {
        pixels[i] = (byte) 255;
        pixels[i + 2] = 51;
      }

      // when
      float[][] logits = model.answers(Collections.nCopies(2, new Pixels(4, 4, 3, pixels)));

      // then
      assertThat(logits[1]).containsExactly(new float[] {1f, 0f, 0.2f}, within(1e-5f));
    }
  }

  @Test
  void shouldScaleByMeanAndDeviation() {
    try (TorchScriptModel model = TorchScriptModel.load(TeacherModelFixtures.spec("scaled"))) {
      // when
      float[][] logits = model.answers(List.of(TeacherModelFixtures.pixels(0)));

      // then
      assertThat(logits[0])
          .containsExactly(
              new float[] {
                (120 / 255f - 16 * 0.5f) / 0.25f, -0.5f / 0.25f, (15 / 255f - 0.5f) / 0.25f
              },
              within(1e-4f));
    }
  }

  @Test
  void shouldHaveTheIdentityOfItsDescription() {
    try (TorchScriptModel model = TorchScriptModel.load(TeacherModelFixtures.spec("linear"))) {
      assertThat(model.output()).isEqualTo(OutputShape.classification(3));
      assertThat(model.identity().name()).isEqualTo("linear");
      assertThat(model.identity().version()).isEqualTo("1");
      assertThat(model.identity().sha256()).matches("[0-9a-f]{64}");
    }
  }

  @Test
  void shouldKnowAViewThatItAnswers() {
    try (TorchScriptModel model = TorchScriptModel.load(TeacherModelFixtures.spec("moody"))) {
      assertThat(model.answers(List.of(model.knownGood()))[0])
          .containsExactly(TeacherModelFixtures.linear(model.knownGood().bytes()), within(1e-5f));
    }
  }

  @Test
  void shouldSurviveABatchThatFails() {
    try (TorchScriptModel model = TorchScriptModel.load(TeacherModelFixtures.spec("moody"))) {
      // then
      assertThatExceptionOfType(InferenceException.class)
          .isThrownBy(
              () ->
                  model.answers(
                      List.of(TeacherModelFixtures.pixels(1), TeacherModelFixtures.pixels(255))))
          .withMessageContaining("a poisonous pixel")
          .withMessageNotContaining("\n");
      assertThat(model.answers(List.of(TeacherModelFixtures.pixels(254)))[0])
          .containsOnly(Float.NaN);
      assertThat(model.answers(List.of(TeacherModelFixtures.pixels(9)))[0])
          .containsExactly(
              TeacherModelFixtures.linear(TeacherModelFixtures.view(9)), within(1e-5f));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "wide | (2, 3) float32, one row per view and one column per class name; found (2, 4) float32",
        "lump | (2, 3) float32, one row per view and one column per class name; found (3) float32",
        "half | found (2, 3) float16; let its forward return logits.float(), it may compute in half",
        "bfloat16-out | let its forward return logits.float()",
        "pair | (2, 3) float32, one row per view and one column per class name; found 2 tensors",
        "not-a-number | must answer grey views with finite numbers, but the logit of class 0 is NaN",
        "pixels-more-classes | (2, 3, 2, 2) float32, for each view and class name the logits of cells of 2 x 2 pixels; found (2, 4, 2, 2) float32",
        "pixels-stride-1 | (2, 3, 2, 2) float32, for each view and class name the logits of cells of 2 x 2 pixels; found (2, 3, 4, 4) float32",
        "pixels-of-linear | (2, 3, 2, 2) float32, for each view and class name the logits of cells of 2 x 2 pixels; found (2, 3) float32",
        "pixels-undeclared | found (2, 3, 2, 2) float32; a model of pixels is declared as task: segmentation",
        "vector-wide | (2, 5) float32, one row per view and one column per dimension; found (2, 6) float32",
        "vector-map | (2, 5) float32, one row per view and one column per dimension; found (2, 5, 1, 1) float32",
        "broken | must be a TorchScript module (torch.jit.script), but PytorchStreamReader failed",
      })
  void shouldSayWhatIsWrongWithAModule(String name, String message) {
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> TorchScriptModel.load(TeacherModelFixtures.spec(name)))
        .withMessageStartingWith(
            TeacherModelFixtures.directory(name).resolve("model.pt").toString())
        .withMessageContaining(message)
        .withMessageNotContaining("\n");
  }

  @Test
  void shouldSayWhenADescriptionDoesNotFitItsModule(@TempDir Path directory) throws Exception {
    // given
    Files.copy(
        TeacherModelFixtures.directory("linear").resolve("model.pt"),
        directory.resolve("model.pt"));
    Files.writeString(
        directory.resolve("teacher.yaml"),
        "{name: n, version: v, input: {height: 5, width: 4, channels: 1, type: float}, classes: [a, b, c]}");

    // then
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(
            () ->
                TorchScriptModel.load(
                    io.stillstream.runtime.model.ModelSpec.load(directory, "teacher")))
        .withMessageContaining("fails on a probe of (2, 1, 5, 4) float32 (NCHW)")
        .withMessageContaining("mat1 and mat2 shapes cannot be multiplied");
  }

  @Test
  void shouldSayWhenTheFileHasGone(@TempDir Path directory) throws Exception {
    // given
    for (String file : List.of("model.pt", "teacher.yaml")) {
      Files.copy(
          TeacherModelFixtures.directory("linear").resolve(file),
          directory.resolve(file),
          StandardCopyOption.REPLACE_EXISTING);
    }
    var spec = io.stillstream.runtime.model.ModelSpec.load(directory, "teacher");
    Files.delete(directory.resolve("model.pt"));

    // then
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> TorchScriptModel.load(spec))
        .withMessageContaining("model.pt: cannot be read");
  }

  @Test
  void shouldRefuseViewsOfAnotherSize() {
    try (TorchScriptModel model = TorchScriptModel.load(TeacherModelFixtures.spec("linear"))) {
      // given
      Pixels wide = new Pixels(4, 5, 1, new byte[20]);

      // then
      assertThat(model.rejectionReason(TeacherModelFixtures.pixels(0))).isEmpty();
      assertThat(model.rejectionReason(wide))
          .contains("the view is 4 x 5 x 1, the teacher takes 4 x 4 x 1");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> model.prepare(List.of(wide)))
          .withMessage("the view is 4 x 5 x 1, the teacher takes 4 x 4 x 1");
    }
  }

  @Test
  void shouldLayOutABatchWhileAnotherWaits() {
    try (TorchScriptModel model = TorchScriptModel.load(TeacherModelFixtures.spec("linear"))) {
      try (DeviceBatch first = model.prepare(List.of(TeacherModelFixtures.pixels(1)));
          DeviceBatch second =
              model.prepare(
                  List.of(TeacherModelFixtures.pixels(2), TeacherModelFixtures.pixels(3)))) {
        assertThat(model.answers(first)[0])
            .containsExactly(
                TeacherModelFixtures.linear(TeacherModelFixtures.view(1)), within(1e-5f));
        assertThat(model.answers(second)[1])
            .containsExactly(
                TeacherModelFixtures.linear(TeacherModelFixtures.view(3)), within(1e-5f));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"scaled", "colour", "colours-last"})
  void shouldScaleOnTheDeviceAsTheTableDoes(String name) {
    // given
    ModelSpec spec = TeacherModelFixtures.spec(name);
    List<Pixels> views =
        IntStream.range(0, 5)
            .mapToObj(i -> new Pixels(4, 4, spec.channels(), noise(i, 16 * spec.channels())))
            .toList();
    try (TorchScriptModel table = TorchScriptModel.load(spec, TorchDevice.CPU, 1, false).get(0);
        TorchScriptModel device = TorchScriptModel.load(spec, TorchDevice.CPU, 1, true).get(0)) {
      // when
      float[] expected = table.input(views);
      int tensors = device.tensorsHeld();

      // then
      assertThat(device.input(views)).containsExactly(expected, within(1e-6f));
      float[][] logits = device.answers(views);
      for (int n = 0; n < views.size(); n++) {
        assertThat(logits[n]).containsExactly(table.answers(views)[n], within(1e-4f));
      }
      assertThat(device.tensorsHeld()).isEqualTo(tensors);
    }
  }

  @Test
  void shouldShareOneModuleAmongLanesUntilTheLastIsClosed() {
    // given
    List<TorchScriptModel> lanes =
        TorchScriptModel.load(TeacherModelFixtures.spec("linear"), TorchDevice.CPU, 3);
    assertThat(lanes).hasSize(3).extracting(TorchScriptModel::device).containsOnly("cpu");

    // when
    List<CompletableFuture<float[][]>> answers =
        IntStream.range(0, 60)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () -> lanes.get(i % 3).answers(List.of(TeacherModelFixtures.pixels(i)))))
            .toList();

    // then
    for (int i = 0; i < answers.size(); i++) {
      assertThat(answers.get(i).join()[0])
          .containsExactly(
              TeacherModelFixtures.linear(TeacherModelFixtures.view(i)), within(1e-5f));
    }

    // when
    lanes.get(0).close();
    lanes.get(1).close();

    // then
    assertThat(lanes.get(2).answers(List.of(TeacherModelFixtures.pixels(9)))[0])
        .containsExactly(TeacherModelFixtures.linear(TeacherModelFixtures.view(9)), within(1e-5f));
    lanes.get(2).close();
  }

  @Test
  void shouldTellWhenThereIsNoRoomForABatch() {
    try (TorchScriptModel model = TorchScriptModel.load(TeacherModelFixtures.spec("hungry"))) {
      assertThatExceptionOfType(InferenceException.class)
          .isThrownBy(() -> model.answers(Collections.nCopies(5, TeacherModelFixtures.pixels(0))))
          .matches(InferenceException::isOutOfMemory)
          .withMessageNotContaining("\n");
      assertThat(model.answers(Collections.nCopies(4, TeacherModelFixtures.pixels(7)))[3])
          .containsExactly(
              TeacherModelFixtures.linear(TeacherModelFixtures.view(7)), within(1e-5f));
    }
  }

  @Test
  void shouldServeManyThreads() {
    try (TorchScriptModel model = TorchScriptModel.load(TeacherModelFixtures.spec("linear"))) {
      // when
      List<CompletableFuture<float[][]>> answers =
          IntStream.range(0, 40)
              .mapToObj(
                  i ->
                      CompletableFuture.supplyAsync(
                          () ->
                              model.answers(
                                  Collections.nCopies(1 + i % 5, TeacherModelFixtures.pixels(i)))))
              .toList();

      // then
      for (int i = 0; i < answers.size(); i++) {
        assertThat(answers.get(i).join()[i % 5])
            .containsExactly(
                TeacherModelFixtures.linear(TeacherModelFixtures.view(i)), within(1e-5f));
      }
    }
  }

  @Test
  void shouldAcceptAModuleWhoseEmbeddingOfGreyViewsIsZero(@TempDir Path directory)
      throws Exception {
    // given: a mean that makes grey pixels zero
    Path source = TeacherModelFixtures.directory("vector");
    Files.copy(source.resolve("model.pt"), directory.resolve("model.pt"));
    Files.writeString(
        directory.resolve("teacher.yaml"),
        Files.readString(source.resolve("teacher.yaml"))
            .replace("type: float", "type: float, mean: [%s]".formatted(128 / 255.0)));

    // when
    try (TorchScriptModel model = TorchScriptModel.load(ModelSpec.load(directory, "teacher"))) {
      float[] grey = model.answers(List.of(model.knownGood()))[0];

      // then
      assertThat(grey).containsExactly(new float[5], within(1e-8f));
    }
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(strings = {"linear", "pixels", "vector"})
  void shouldKeepNothingOfABatch(String name) {
    try (TorchScriptModel model = TorchScriptModel.load(TeacherModelFixtures.spec(name))) {
      // given
      TeacherProbe.warmUp(model, 256);
      int tensors = model.tensorsHeld();
      long direct = directMemory();

      // when
      for (int i = 0; i < 3000; i++) {
        model.answers(Collections.nCopies(1 + (i * 37) % 256, TeacherModelFixtures.pixels(i)));
      }

      // then
      assertThat(model.tensorsHeld()).isEqualTo(tensors);
      // Less is possible: what earlier models of this JVM held may have been collected meanwhile.
      assertThat(directMemory()).isLessThanOrEqualTo(direct);
    }
  }

  /** What is computed with 8 or 11 bits of mantissa is near. */
  private static float tolerance(String name) {
    return name.startsWith("bfloat") ? 0.1f : name.equals("float16") ? 1e-2f : 1e-5f;
  }

  private static byte[] noise(int seed, int size) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static long directMemory() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }
}
