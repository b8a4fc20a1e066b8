package io.stillstream.labeler.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.labeler.model.DeviceBatch;
import io.stillstream.labeler.model.InferenceException;
import io.stillstream.labeler.model.Pixels;
import io.stillstream.labeler.torch.TeacherModelFixtures;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.answer.OutputShape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxTeacherModelTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"linear", "bytes", "float16"})
  void shouldAnswerEveryViewInItsPlace(String name) throws Exception {
    try (OnnxTeacherModel model = load(name)) {
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
                  TeacherModelFixtures.linear(views.get(i).bytes()),
                  within(name.equals("float16") ? 1e-2f : 1e-5f));
        }
      }
    }
  }

  @Test
  void shouldAnswerEveryCellInTheOrderOfClassesAndRows() throws Exception {
    try (OnnxTeacherModel model = load("pixels")) {
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
  void shouldAnswerWithVectors() throws Exception {
    try (OnnxTeacherModel model = load("vector")) {
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
  void shouldLayPixelsOutAsDeclared(String name) throws Exception {
    try (OnnxTeacherModel model = load(name)) {
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
  void shouldScaleByMeanAndDeviation() throws Exception {
    try (OnnxTeacherModel model = load("scaled")) {
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
  void shouldHaveTheIdentityOfItsDescription() throws Exception {
    // given
    ModelSpec spec = OnnxFixtures.spec(directory, "linear");

    // when
    try (OnnxTeacherModel model = load(spec)) {
      // then
      assertThat(model.identity().name()).isEqualTo("linear");
      assertThat(model.identity().version()).isEqualTo("1");
      assertThat(model.identity().sha256()).isEqualTo(spec.sha256());
      assertThat(model.identity().platform()).isEqualTo("onnxruntime_onnx");
      assertThat(model.device()).isEqualTo("cpu");
    }
  }

  @Test
  void shouldSurviveABatchThatFails() throws Exception {
    try (OnnxTeacherModel model = load("moody")) {
      // then
      assertThatExceptionOfType(InferenceException.class)
          .isThrownBy(
              () ->
                  model.answers(
                      List.of(TeacherModelFixtures.pixels(1), TeacherModelFixtures.pixels(255))))
          .withMessageContaining("out of data bounds")
          .withMessageNotContaining("\n")
          .withMessageNotContaining("ORT_")
          .matches(failure -> !failure.isOutOfMemory());
      assertThat(model.answers(List.of(TeacherModelFixtures.pixels(9)))[0])
          .containsExactly(
              TeacherModelFixtures.linear(TeacherModelFixtures.view(9)), within(1e-5f));
    }
  }

  @Test
  void shouldTellWhenThereIsNoRoomForABatch() throws Exception {
    try (OnnxTeacherModel model = load("hungry")) {
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
  void shouldRefuseViewsOfAnotherSize() throws Exception {
    try (OnnxTeacherModel model = load("linear")) {
      // given
      Pixels wide = new Pixels(4, 5, 1, new byte[20]);

      // then
      assertThat(model.rejectionReason(TeacherModelFixtures.pixels(0))).isEmpty();
      assertThat(model.rejectionReason(wide))
          .contains("the view is 4 x 5 x 1, the teacher takes 4 x 4 x 1");
      assertThatIllegalArgumentException().isThrownBy(() -> model.prepare(List.of(wide)));
    }
  }

  @Test
  void shouldLayOutABatchWhileAnotherWaits() throws Exception {
    try (OnnxTeacherModel model = load("linear");
        DeviceBatch first = model.prepare(List.of(TeacherModelFixtures.pixels(1)));
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

  @Test
  void shouldShareOneSessionAmongLanesUntilTheLastIsClosed() throws Exception {
    // given
    List<OnnxTeacherModel> lanes =
        OnnxTeacherModel.load(OnnxFixtures.spec(directory, "linear"), OrtDevice.CPU, 3, 1);

    // when
    List<CompletableFuture<float[][]>> answers =
        IntStream.range(0, 60)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () ->
                            lanes
                                .get(i % 3)
                                .answers(
                                    Collections.nCopies(
                                        1 + i % 5, TeacherModelFixtures.pixels(i)))))
            .toList();

    // then
    for (int i = 0; i < answers.size(); i++) {
      assertThat(answers.get(i).join()[i % 5])
          .containsExactly(
              TeacherModelFixtures.linear(TeacherModelFixtures.view(i)), within(1e-5f));
    }

    // when
    lanes.get(0).close();
    lanes.get(0).close();
    lanes.get(1).close();

    // then
    assertThat(lanes.get(2).answers(List.of(TeacherModelFixtures.pixels(9)))[0])
        .containsExactly(TeacherModelFixtures.linear(TeacherModelFixtures.view(9)), within(1e-5f));
    assertThatIllegalStateException()
        .isThrownBy(() -> lanes.get(0).answers(List.of(TeacherModelFixtures.pixels(9))))
        .withMessage("linear is closed");
    lanes.get(2).close();
  }

  private OnnxTeacherModel load(String name) throws IOException {
    return load(OnnxFixtures.spec(directory, name));
  }

  private static OnnxTeacherModel load(ModelSpec spec) {
    return OnnxTeacherModel.load(spec, OrtDevice.CPU, 1, 1).get(0);
  }
}
