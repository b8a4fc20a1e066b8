package io.stillstream.labeler.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.labeler.config.TeacherSettings;
import io.stillstream.labeler.metrics.MicrometerTeacherPoolMetrics;
import io.stillstream.labeler.model.Pixels;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.onnx.OnnxFixtures;
import io.stillstream.labeler.reload.TeacherReloader;
import io.stillstream.labeler.teachers.TeacherLease;
import io.stillstream.labeler.torch.TeacherModelFixtures;
import io.stillstream.runtime.model.ModelSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EngineTeacherLoaderTest {
  private static final EngineTeacherLoader LOADER =
      new EngineTeacherLoader("cpu", 1, 1, List.of(1));

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"linear", "pixels", "vector", "bytes", "scaled", "planes"})
  void shouldAnswerTheSameInBothFormats(String name) throws Exception {
    // given
    ModelSpec onnx = ModelSpec.load(OnnxFixtures.write(directory, name), "teacher");
    try (TeacherModel first = EngineTeacherLoader.loadOne(TeacherModelFixtures.spec(name), 1);
        TeacherModel second = EngineTeacherLoader.loadOne(onnx, 1)) {
      Pixels view = new Pixels(4, 4, onnx.channels(), noise(16 * onnx.channels()));

      // when
      float[][] expected = first.answers(List.of(view));

      // then
      assertThat(second.answers(List.of(view))[0]).containsExactly(expected[0], within(1e-4f));
      assertThat(first.identity().platform()).isEqualTo("pytorch_libtorch");
      assertThat(second.identity().platform()).isEqualTo("onnxruntime_onnx");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"linear", "pixels", "vector"})
  void shouldAverageTeachersOfBothFormats(String name) throws Exception {
    // given: the same model twice answers as once, but for the scale
    Path onnx = OnnxFixtures.write(directory, name);
    List<TeacherSettings> mixed =
        List.of(
            new TeacherSettings(TeacherModelFixtures.directory(name), 1),
            new TeacherSettings(onnx, 3));
    List<TeacherSettings> same =
        List.of(
            new TeacherSettings(TeacherModelFixtures.directory(name), 1),
            new TeacherSettings(TeacherModelFixtures.directory(name), 3));

    // when
    try (TeacherReloader mixedTeachers = open(mixed);
        TeacherReloader sameTeachers = open(same);
        TeacherLease one = mixedTeachers.pool().acquire();
        TeacherLease other = sameTeachers.pool().acquire()) {
      List<Pixels> views = List.of(TeacherModelFixtures.pixels(7), TeacherModelFixtures.pixels(77));
      float[][] answers = one.lane(0).answers(views);

      // then
      float[][] expected = other.lane(0).answers(views);
      for (int n = 0; n < expected.length; n++) {
        assertThat(answers[n]).containsExactly(expected[n], within(1e-5f));
      }
      assertThat(one.contributions())
          .extracting(contribution -> contribution.teacher().platform())
          .containsExactly("pytorch_libtorch", "onnxruntime_onnx");
    }
  }

  @Test
  void shouldReplaceATeacherByOneOfTheOtherFormat() throws Exception {
    // given
    TeacherModelFixtures.writeShifted(directory.resolve("v1"), 1);
    try (TeacherReloader teachers = open(List.of(new TeacherSettings(directory, 1)))) {
      assertThat(logit(teachers)).isEqualTo(1, within(1e-5f));
      teachers.pollEvery(Duration.ofMillis(20));

      // when
      OnnxFixtures.write(directory.resolve("v2"), "linear", OnnxFixtures.shifted(2));

      // then
      await().until(() -> platform(teachers).equals("onnxruntime_onnx"));
      assertThat(logit(teachers)).isEqualTo(2, within(1e-5f));

      // when
      TeacherModelFixtures.writeShifted(directory.resolve("v3"), 3);

      // then
      await().until(() -> platform(teachers).equals("pytorch_libtorch"));
      assertThat(logit(teachers)).isEqualTo(3, within(1e-5f));
    }
  }

  private static String platform(TeacherReloader teachers) {
    return teachers.activeTeachers().get(0).platform();
  }

  /** Of the first pixel, which is black. */
  private static float logit(TeacherReloader teachers) {
    try (TeacherLease lease = teachers.pool().acquire()) {
      return lease.lane(0).answers(List.of(TeacherModelFixtures.pixels(0)))[0][1];
    }
  }

  private static TeacherReloader open(List<TeacherSettings> entries) {
    return TeacherReloader.open(
        entries,
        LOADER,
        new MicrometerTeacherPoolMetrics(new SimpleMeterRegistry()),
        () -> Instant.EPOCH,
        System::nanoTime);
  }

  private static byte[] noise(int size) {
    byte[] noise = new byte[size];
    for (int i = 0; i < size; i++) {
      noise[i] = (byte) (i * 37);
    }
    return noise;
  }
}
