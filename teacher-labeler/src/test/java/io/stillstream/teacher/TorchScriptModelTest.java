package io.stillstream.teacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.runtime.StartupException;
import io.stillstream.teacher.labels.InferenceException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TorchScriptModelTest {
  @ParameterizedTest
  @ValueSource(strings = {"linear", "bytes"})
  void shouldAnswerEveryViewInItsPlace(String name) {
    try (TorchScriptModel model = TorchScriptModel.load(Fixtures.spec(name))) {
      for (int n : new int[] {1, 7, 3, 128, 2}) {
        // given
        List<byte[]> views = IntStream.range(0, n).mapToObj(i -> Fixtures.view(i * 31)).toList();

        // when
        float[][] logits = model.logits(views);

        // then
        assertThat(logits.length).isEqualTo(n);
        for (int i = 0; i < n; i++) {
          assertThat(logits[i]).containsExactly(Fixtures.linear(views.get(i)), within(1e-5f));
        }
      }
    }
  }

  @Test
  void shouldScaleByMeanAndDeviation() {
    try (TorchScriptModel model = TorchScriptModel.load(Fixtures.spec("scaled"))) {
      // when
      float[][] logits = model.logits(List.of(Fixtures.view(0)));

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
  void shouldSayWhoItIs() {
    try (TorchScriptModel model = TorchScriptModel.load(Fixtures.spec("linear"))) {
      assertThat(model.classes()).isEqualTo(3);
      assertThat(model.identity().name()).isEqualTo("linear");
      assertThat(model.identity().version()).isEqualTo("1");
      assertThat(model.identity().sha256()).matches("[0-9a-f]{64}");
    }
  }

  @Test
  void shouldKnowAViewThatItAnswers() {
    try (TorchScriptModel model = TorchScriptModel.load(Fixtures.spec("moody"))) {
      assertThat(model.logits(List.of(model.knownGood()))[0])
          .containsExactly(Fixtures.linear(model.knownGood()), within(1e-5f));
    }
  }

  @Test
  void shouldSurviveABatchThatFails() {
    try (TorchScriptModel model = TorchScriptModel.load(Fixtures.spec("moody"))) {
      // then
      assertThatExceptionOfType(InferenceException.class)
          .isThrownBy(() -> model.logits(List.of(Fixtures.view(1), Fixtures.view(255))))
          .withMessageContaining("a poisonous pixel")
          .withMessageNotContaining("\n");
      assertThat(model.logits(List.of(Fixtures.view(254)))[0]).containsOnly(Float.NaN);
      assertThat(model.logits(List.of(Fixtures.view(9)))[0])
          .containsExactly(Fixtures.linear(Fixtures.view(9)), within(1e-5f));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "wide | (2, 3) float32, one row per view and one column per class name; found (2, 4) float32",
        "lump | (2, 3) float32, one row per view and one column per class name; found (3) float32",
        "half | (2, 3) float32, one row per view and one column per class name; found (2, 3) float16",
        "pair | (2, 3) float32, one row per view and one column per class name; found 2 tensors",
        "not-a-number | must answer grey views with finite logits, answered NaN",
        "broken | must be a TorchScript module (torch.jit.script), but PytorchStreamReader failed",
      })
  void shouldSayWhatIsWrongWithAModule(String name, String message) {
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> TorchScriptModel.load(Fixtures.spec(name)))
        .withMessageStartingWith(Fixtures.directory(name).resolve("model.pt").toString())
        .withMessageContaining(message)
        .withMessageNotContaining("\n");
  }

  @Test
  void shouldSayWhenADescriptionDoesNotFitItsModule(@TempDir Path directory) throws Exception {
    // given
    Files.copy(Fixtures.directory("linear").resolve("model.pt"), directory.resolve("model.pt"));
    Files.writeString(
        directory.resolve("teacher.yaml"),
        "{name: n, version: v, input: {height: 5, width: 4, channels: 1, type: float}, classes: [a, b, c]}");

    // then
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(
            () ->
                TorchScriptModel.load(io.stillstream.runtime.ModelSpec.load(directory, "teacher")))
        .withMessageContaining("fails on a probe of (2, 1, 5, 4) float32")
        .withMessageContaining("mat1 and mat2 shapes cannot be multiplied");
  }

  @Test
  void shouldSayWhenTheFileHasGone(@TempDir Path directory) throws Exception {
    // given
    for (String file : List.of("model.pt", "teacher.yaml")) {
      Files.copy(
          Fixtures.directory("linear").resolve(file),
          directory.resolve(file),
          StandardCopyOption.REPLACE_EXISTING);
    }
    var spec = io.stillstream.runtime.ModelSpec.load(directory, "teacher");
    Files.delete(directory.resolve("model.pt"));

    // then
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> TorchScriptModel.load(spec))
        .withMessageContaining("model.pt: cannot be read");
  }

  @Test
  void shouldRefuseViewsOfAnotherSize() {
    try (TorchScriptModel model = TorchScriptModel.load(Fixtures.spec("linear"))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> model.logits(List.of(new byte[15])))
          .withMessage("view 0 has 15 bytes, the model takes 16");
    }
  }

  @Test
  void shouldServeManyThreads() {
    try (TorchScriptModel model = TorchScriptModel.load(Fixtures.spec("linear"))) {
      // when
      List<CompletableFuture<float[][]>> answers =
          IntStream.range(0, 40)
              .mapToObj(
                  i ->
                      CompletableFuture.supplyAsync(
                          () -> model.logits(Collections.nCopies(1 + i % 5, Fixtures.view(i)))))
              .toList();

      // then
      for (int i = 0; i < answers.size(); i++) {
        assertThat(answers.get(i).join()[i % 5])
            .containsExactly(Fixtures.linear(Fixtures.view(i)), within(1e-5f));
      }
    }
  }

  @Test
  void shouldKeepNothingOfABatch() {
    try (TorchScriptModel model = TorchScriptModel.load(Fixtures.spec("linear"))) {
      // given
      model.warmUp(256);
      int tensors = model.tensorsHeld();
      long direct = directMemory();

      // when
      for (int i = 0; i < 3000; i++) {
        model.logits(Collections.nCopies(1 + (i * 37) % 256, Fixtures.view(i)));
      }

      // then
      assertThat(model.tensorsHeld()).isEqualTo(tensors);
      // Less is possible: what earlier models of this JVM held may have been collected meanwhile.
      assertThat(directMemory()).isLessThanOrEqualTo(direct);
    }
  }

  private static long directMemory() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }
}
