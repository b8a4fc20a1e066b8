package io.stillstream.labeler.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.labeler.config.TeacherSettings;
import io.stillstream.labeler.metrics.MicrometerTeacherPoolMetrics;
import io.stillstream.labeler.model.Pixels;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.reload.ModelRepository;
import io.stillstream.labeler.reload.TeacherReloader;
import io.stillstream.labeler.teachers.TeacherLease;
import io.stillstream.runtime.config.StartupException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TorchEnsembleTest {
  @TempDir private Path directory;

  @Test
  void shouldAverageModulesThatTakeDifferentSizes() throws Exception {
    // given: a module for colours, which declares what becomes of grey views
    Path colours = directory.resolve("colours");
    Files.createDirectory(colours);
    Path source = TeacherModelFixtures.directory("colours-last");
    Files.copy(source.resolve("model.pt"), colours.resolve("model.pt"));
    Files.writeString(
        colours.resolve("teacher.yaml"),
        Files.readString(source.resolve("teacher.yaml")).replace("nhwc", "nhwc, resize: stretch"));
    List<TeacherSettings> entries =
        List.of(
            new TeacherSettings(TeacherModelFixtures.directory("linear"), 1),
            new TeacherSettings(colours, 3));
    Pixels view = TeacherModelFixtures.pixels(7);

    // when
    try (TeacherReloader reloader = open(entries);
        TeacherLease lease = reloader.pool().acquire()) {
      TeacherModel teacher = lease.lane(0);
      float[] logits = teacher.answers(List.of(view))[0];

      // then: equal channels have equal means, a third each
      double[] linear = softmax(TeacherModelFixtures.linear(view.bytes()));
      for (int k = 0; k < 3; k++) {
        assertThat(Math.exp(logits[k])).isEqualTo(0.25 * linear[k] + 0.75 / 3, within(1e-5));
      }
      assertThat(lease.contributions())
          .extracting(TeacherLease.Contribution::weight)
          .containsExactly(0.25, 0.75);
      assertThat(teacher.rejectionReason(new Pixels(5, 4, 1, new byte[20])))
          .contains("the view is 5 x 4 x 1, the teacher takes 4 x 4 x 1");
    }
  }

  @Test
  void shouldAverageTheProbabilitiesOfEachCell() throws Exception {
    // given: the second sees pixels four times as bright, and so answers logits four times as
    // large; the third answers as the first, but for one cell of views with a pixel of 254
    Path bright = Files.createDirectory(directory.resolve("bright"));
    Path source = TeacherModelFixtures.directory("pixels");
    Files.copy(source.resolve("model.pt"), bright.resolve("model.pt"));
    Files.writeString(
        bright.resolve("teacher.yaml"),
        Files.readString(source.resolve("teacher.yaml"))
            .replace("type: float", "type: float, std: [0.25]"));
    List<TeacherSettings> entries =
        List.of(
            new TeacherSettings(source, 1),
            new TeacherSettings(bright, 2),
            new TeacherSettings(TeacherModelFixtures.directory("pixels-not-a-number"), 1));

    // when
    try (TeacherReloader reloader = open(entries);
        TeacherLease lease = reloader.pool().acquire()) {
      Pixels view = TeacherModelFixtures.pixels(7);
      float[][] answers = lease.lane(0).answers(List.of(view, TeacherModelFixtures.pixels(254)));

      // then
      float[] row = TeacherModelFixtures.cells(view.bytes());
      for (int cell = 0; cell < 4; cell++) {
        float[] logits = {row[cell], row[4 + cell], row[8 + cell]};
        double[] dark = softmax(logits);
        double[] light = softmax(new float[] {4 * logits[0], 4 * logits[1], 4 * logits[2]});
        for (int k = 0; k < 3; k++) {
          assertThat(Math.exp(answers[0][4 * k + cell]))
              .isEqualTo(0.5 * dark[k] + 0.5 * light[k], within(1e-5));
          assertThat(Float.isNaN(answers[1][4 * k + cell])).isEqualTo(cell == 0);
        }
      }
    }
  }

  @Test
  void shouldRefuseTeachersOfDifferentTasks() {
    // given
    List<TeacherSettings> entries =
        Stream.of("pixels", "linear")
            .map(name -> new TeacherSettings(TeacherModelFixtures.directory(name), 1))
            .toList();

    // then
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> open(entries))
        .withMessageStartingWith("teachers[1]: ")
        .withMessageEndingWith(
            "model.pt answers classification with 3 classes, taught is segmentation with 3 classes"
                + " on 2 x 2 cells of stride 2");
  }

  private static TeacherReloader open(List<TeacherSettings> entries) {
    return TeacherReloader.open(
        entries.stream()
            .map(
                entry ->
                    new TeacherReloader.Entry(new ModelRepository(entry.path()), entry.weight()))
            .toList(),
        new TorchTeacherLoader("cpu", 1, List.of(1)),
        () -> {},
        new MicrometerTeacherPoolMetrics(new SimpleMeterRegistry()),
        () -> Instant.EPOCH,
        System::nanoTime);
  }

  private static double[] softmax(float[] logits) {
    double[] powers = new double[logits.length];
    Arrays.setAll(powers, k -> Math.exp(logits[k]));
    double sum = Arrays.stream(powers).sum();
    return Arrays.stream(powers).map(power -> power / sum).toArray();
  }
}
