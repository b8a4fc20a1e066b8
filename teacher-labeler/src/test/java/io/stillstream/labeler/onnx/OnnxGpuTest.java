package io.stillstream.labeler.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.labeler.model.InferenceException;
import io.stillstream.labeler.model.Pixels;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.torch.TeacherModelFixtures;
import io.stillstream.runtime.model.ModelSpec;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * On a machine with a GPU: {@code mvn -Dgpu -pl teacher-labeler -am
 * -Donnxruntime.artifact=onnxruntime_gpu -Dtest=OnnxGpuTest -Dsurefire.failIfNoSpecifiedTests=false
 * test}.
 */
@Tag("gpu")
class OnnxGpuTest {
  @TempDir private Path directory;

  @Test
  void shouldBeChosen() {
    assertThat(OrtDevice.choose("auto").get(0).name()).isEqualTo("gpu0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"linear", "pixels", "bytes"})
  void shouldAnswerAsTheCpuDoes(String name) throws Exception {
    // given
    OnnxFixtures.write(directory, name);
    ModelSpec spec = ModelSpec.load(directory, "teacher");
    try (TeacherModel cpu = OnnxTeacherModel.load(spec, OrtDevice.CPU, 1, 1).get(0)) {
      List<TeacherModel> lanes = new OnnxTeacherLoader("gpu0", 2, 1, List.of(1, 64)).load(spec);
      for (int n : new int[] {1, 7, 64, 3}) {
        List<Pixels> views = Collections.nCopies(n, TeacherModelFixtures.pixels(n));

        // when
        float[][] expected = cpu.answers(views);

        // then
        for (TeacherModel lane : lanes) {
          assertThat(lane.device()).isEqualTo("gpu0");
          assertThat(lane.answers(views)[n - 1]).containsExactly(expected[n - 1], within(1e-3f));
        }
      }
      lanes.forEach(TeacherModel::close);
    }
  }

  @Test
  void shouldTellWhenThereIsNoRoomForABatch() throws Exception {
    // given
    OnnxFixtures.write(directory, "hungry");
    ModelSpec spec = ModelSpec.load(directory, "teacher");
    try (TeacherModel gpu = OnnxTeacherLoader.loadOne(spec, 1)) {
      // when
      InferenceException failure =
          catchThrowableOfType(
              InferenceException.class,
              () -> gpu.answers(Collections.nCopies(5, TeacherModelFixtures.pixels(0))));

      // then
      assertThat(failure.isOutOfMemory()).as(failure.getMessage()).isTrue();
      assertThat(gpu.answers(Collections.nCopies(4, TeacherModelFixtures.pixels(7)))[3])
          .containsExactly(
              TeacherModelFixtures.linear(TeacherModelFixtures.view(7)), within(1e-3f));
    }
  }
}
