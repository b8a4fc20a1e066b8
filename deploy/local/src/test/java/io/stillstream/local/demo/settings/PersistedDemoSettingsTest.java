package io.stillstream.local.demo.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.answer.ModelTask;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PersistedDemoSettingsTest {
  private static final PersistedDemoSettings.Requested NONE =
      wishes(Optional.empty(), Optional.empty());

  @TempDir Path directory;

  @Test
  void shouldBeginWithTheDefaults() {
    assertThat(PersistedDemoSettings.of(directory, NONE))
        .isEqualTo(
            new PersistedDemoSettings(
                "classification", 4, "cnn", "", 1, "", "fashion-mnist-mild", "", 1.0));
  }

  @Test
  void shouldGoOnAsItBegan() {
    // given
    PersistedDemoSettings run =
        PersistedDemoSettings.of(directory, wishes(Optional.of(2), Optional.of("mlp")));
    run.save(directory);
    // when, then
    assertThat(PersistedDemoSettings.of(directory, NONE)).isEqualTo(run);
    assertThat(PersistedDemoSettings.of(directory, wishes(Optional.of(2), Optional.empty())))
        .isEqualTo(run);
  }

  @Test
  void shouldRefuseToChangeMidway() {
    // given
    PersistedDemoSettings.defaults(ModelTask.CLASSIFICATION).save(directory);
    // when, then
    assertThatThrownBy(
            () -> PersistedDemoSettings.of(directory, wishes(Optional.of(3), Optional.of("mlp"))))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("--views was 4, now 3; --student was cnn, now mlp");
  }

  @Test
  void shouldRefuseAnotherEngine() {
    // given
    PersistedDemoSettings.defaults(ModelTask.CLASSIFICATION).save(directory);
    PersistedDemoSettings.Requested requested =
        requested(
            Optional.empty(), Optional.empty(), Optional.of(TeacherEngine.ONNX), Optional.empty());
    // when, then
    assertThatThrownBy(() -> PersistedDemoSettings.of(directory, requested))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("--engine was absent, now onnx");
  }

  @Test
  void shouldRefuseADamagedFile() throws Exception {
    // given
    Files.writeString(directory.resolve("demo.json"), "{\"views\":");
    // when, then
    assertThatThrownBy(() -> PersistedDemoSettings.of(directory, NONE))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("demo.json is damaged");
  }

  @Test
  void shouldRefuseAFileOfALaterVersion() throws Exception {
    // given
    Files.writeString(directory.resolve("demo.json"), "{\"views\": 2, \"shards\": 3}");
    // when, then
    assertThatThrownBy(() -> PersistedDemoSettings.of(directory, NONE))
        .isInstanceOf(StartupException.class)
        .hasMessageEndingWith(
            "demo.json has \"shards\", which this version does not know: a later version wrote it, run"
                + " that one again, or take another directory");
  }

  @Test
  void shouldRememberTeacherAndPolicy() {
    // given
    PersistedDemoSettings.Requested wishes =
        new PersistedDemoSettings.Requested(
            Optional.empty(),
            Optional.empty(),
            Optional.of("/models/student"),
            Optional.of("/pictures"),
            Optional.empty(),
            Optional.of("/models/teacher"),
            Optional.of("funmatch"),
            Optional.of(TeacherEngine.ONNX),
            Optional.empty());
    PersistedDemoSettings.of(directory, wishes).save(directory);
    // when, then
    assertThat(PersistedDemoSettings.of(directory, NONE))
        .isEqualTo(
            new PersistedDemoSettings(
                "classification",
                4,
                "/models/student",
                "/pictures",
                1,
                "/models/teacher",
                "funmatch",
                "onnx",
                1.0));
  }

  @Test
  void shouldGoOnInADirectoryFromBeforeThereWasAChoiceOfTeachersAndPolicies() throws Exception {
    // given
    Files.writeString(
        directory.resolve("demo.json"),
        "{\"views\": 2, \"student\": \"mlp\", \"dataset\": \"\", \"partitions\": 1}");
    // when, then
    assertThat(PersistedDemoSettings.of(directory, NONE))
        .isEqualTo(
            new PersistedDemoSettings(
                "classification", 2, "mlp", "", 1, "", "fashion-mnist", "", 1.0));
  }

  @Test
  void shouldRefuseToLabelMoreThanEverything() {
    assertThatThrownBy(() -> PersistedDemoSettings.of(directory, labeling(1.1)))
        .isInstanceOf(StartupException.class)
        .hasMessage("--label-fraction must be within 0 and 1, was 1.1");
  }

  @Test
  void shouldRefuseToLabelAnotherShareThanBefore() {
    // given
    PersistedDemoSettings.of(directory, NONE).save(directory);
    // when, then: images without a class wait there for the teacher
    assertThatThrownBy(() -> PersistedDemoSettings.of(directory, labeling(0.5)))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("--label-fraction was 1.0, now 0.5");
  }

  @Test
  void shouldBeginWithTheDefaultsOfTheTask() {
    // when
    PersistedDemoSettings run = PersistedDemoSettings.of(directory, wishes(ModelTask.SEGMENTATION));
    // then
    assertThat(run.task()).isEqualTo("segmentation");
    assertThat(run.student()).isEqualTo("scenes-fcn");
    assertThat(PersistedDemoSettings.of(directory, wishes(ModelTask.EMBEDDING)).student())
        .isEqualTo("embed-cnn");
  }

  @Test
  void shouldRefuseAnotherTaskMidway() {
    // given
    PersistedDemoSettings run = PersistedDemoSettings.of(directory, wishes(ModelTask.SEGMENTATION));
    run.save(directory);
    // when, then
    assertThat(PersistedDemoSettings.of(directory, NONE)).isEqualTo(run);
    assertThatThrownBy(() -> PersistedDemoSettings.of(directory, wishes(ModelTask.CLASSIFICATION)))
        .isInstanceOf(StartupException.class)
        .hasMessage(
            directory
                + " was made with other options: --task was segmentation, now classification");
  }

  @Test
  void shouldRefuseATaskThatThereIsNot() throws Exception {
    // given
    Files.writeString(
        directory.resolve("demo.json"),
        "{\"task\": \"detection\", \"views\": 2, \"student\": \"mlp\", \"dataset\": \"\","
            + " \"partitions\": 1}");
    // when, then
    assertThatThrownBy(() -> PersistedDemoSettings.of(directory, NONE))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("demo.json is damaged");
  }

  private static PersistedDemoSettings.Requested wishes(ModelTask task) {
    return new PersistedDemoSettings.Requested(
        Optional.of(task),
        NONE.views(),
        NONE.student(),
        NONE.dataset(),
        NONE.partitions(),
        NONE.teacher(),
        NONE.policy(),
        NONE.engine(),
        NONE.labelFraction());
  }

  private static PersistedDemoSettings.Requested labeling(double fraction) {
    return requested(Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(fraction));
  }

  private static PersistedDemoSettings.Requested wishes(
      Optional<Integer> views, Optional<String> student) {
    return requested(views, student, Optional.empty(), Optional.empty());
  }

  private static PersistedDemoSettings.Requested requested(
      Optional<Integer> views,
      Optional<String> student,
      Optional<TeacherEngine> engine,
      Optional<Double> labelFraction) {
    return new PersistedDemoSettings.Requested(
        Optional.empty(),
        views,
        student,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        engine,
        labelFraction);
  }
}
