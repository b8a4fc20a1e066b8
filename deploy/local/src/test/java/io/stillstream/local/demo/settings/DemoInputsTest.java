package io.stillstream.local.demo.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelFormat;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.answer.ModelTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DemoInputsTest {
  private static final byte[] JPEG = {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF, 0};

  @TempDir Path directory;

  @Test
  void shouldTakeWhatFits() throws Exception {
    // given
    model("teacher", 20, 24, 3, "", "cat, dog");
    model("student", 20, 24, 3, "", "cat, dog");
    pictures("cat", 5);
    Files.writeString(pictures("dog", 5).resolve("notes.txt"), "no picture");
    // when
    DemoInputs inputs = load();
    // then
    assertThat(inputs.train().size()).isEqualTo(8);
    assertThat(inputs.test().size()).isEqualTo(2);
    assertThat(inputs.student().name()).isEqualTo("student");
    assertThat(inputs.leftOut()).containsExactly(directory.resolve("data/dog/notes.txt"));
  }

  @Test
  void shouldNameClassesWithoutTestImages() throws Exception {
    // given
    model("teacher", 20, 24, 3, "", "cat, dog, cow");
    model("student", 20, 24, 3, "", "cat, dog, cow");
    pictures("cat", 5);
    pictures("dog", 4);
    pictures("cow", 0);
    // when, then: of each class, every fifth picture is a test image
    assertThat(load().classesWithoutTestImages()).containsExactly("dog", "cow");
    // given
    pictures("dog", 5);
    pictures("cow", 5);
    // when, then
    assertThat(load().classesWithoutTestImages()).isEmpty();
  }

  @Test
  void shouldTakeATeacherOfAnotherSizeThatResizes() throws Exception {
    // given
    model("teacher", 64, 64, 3, ", resize: stretch", "cat, dog");
    model("student", 20, 24, 1, "", "cat, dog");
    pictures("cat", 5);
    pictures("dog", 5);
    // when, then
    assertThat(load().teacher().height()).isEqualTo(64);
  }

  @Test
  void shouldNameAllThatDoesNotFitAtOnce() throws Exception {
    // given
    model("teacher", 64, 20, 3, "", "cat, cow, dog");
    model("student", 5000, 24, 2, "", "cat, dog");
    pictures("train/cat", 1);
    pictures("train/bird", 1);
    // when, then
    assertThatThrownBy(this::load)
        .isInstanceOf(StartupException.class)
        .hasMessage(
            """
            teacher, student and data set do not fit together:
              --student: channels: student takes 2, views have 1 (grey) or 3 (RGB)
              --student: size: student takes 5000 x 24 x 2; a view has at most 4096 pixels a side and 8372224 bytes
              --teacher: size: teacher takes 64 x 20, the student student 5000 x 24, which is the size of the views (input.resize in the teacher's description lets it take them)
              --teacher: channels: teacher takes 3, the student student 2
              --teacher: classes: teacher has 3, the student student 2
              --dataset: the training part has folders that are no class of the models, by name or number: bird
              --dataset: there is no folder for these classes of the models: dog (an empty one says that there are no pictures of a class)
              --dataset: no test part: there is no folder %s"""
                .formatted(directory.resolve("data/test")));
  }

  @Test
  void shouldRefuseClassesInAnotherOrder() throws Exception {
    // given
    model("teacher", 20, 24, 3, "", "cat, dog, cow");
    model("student", 20, 24, 3, "", "dog, cat, cow");
    pictures("cat", 5);
    pictures("dog", 5);
    pictures("cow", 5);
    // when, then
    assertThatThrownBy(this::load)
        .hasMessage(
            "--teacher: classes: teacher and student name them differently: 0 is cat and dog, 1 is"
                + " dog and cat");
  }

  @Test
  void shouldNameAllThatIsMissing() {
    assertThatThrownBy(this::load)
        .hasMessage(
            "teacher, student and data set do not fit together:\n"
                + "  --teacher: there is no model directory "
                + directory.resolve("teacher")
                + "\n  --student must be one of cnn, mlp, resnet8, resnet12 or a model directory, was "
                + directory.resolve("student")
                + "\n  --dataset: there is no directory "
                + directory.resolve("data"));
  }

  @Test
  void shouldMakeScenesOfTheBundledImages() {
    // given
    Path models = Path.of("../models").toAbsolutePath();
    // when
    DemoInputs inputs = load("segmentation", models.resolve("unet"), models.resolve("scenes-fcn"));
    // then
    assertThat(inputs.train().size()).isEqualTo(12_000);
    assertThat(inputs.test().size()).isEqualTo(1_000);
    assertThat(inputs.train().mask(0)).isPresent().isNotEqualTo(inputs.test().mask(0));
  }

  @Test
  void shouldTakeModelsOfEmbeddingsWithoutClasses() {
    // given
    Path models = Path.of("../models").toAbsolutePath();
    // when
    DemoInputs inputs =
        load("embedding", models.resolve("resnet16-features"), models.resolve("embed-cnn"));
    // then
    assertThat(inputs.student().classes()).isEmpty();
    assertThat(inputs.train().label(0)).isBetween(0, 9);
  }

  @ParameterizedTest
  @EnumSource(ModelTask.class)
  void shouldHaveATeacherInOnnxForEveryTask(ModelTask task) {
    // given
    PersistedDemoSettings run = engine(PersistedDemoSettings.defaults(task), "", "onnx");
    // when
    ModelSpec teacher = DemoInputs.load(settings(Path.of("../.."), run)).teacher();
    // then
    assertThat(teacher.format()).isEqualTo(ModelFormat.ONNX);
    assertThat(teacher.name()).isEqualTo(TaskDefaults.of(task).teacher() + "-onnx");
  }

  @Test
  void shouldRefuseATeacherThatTheEngineDoesNotRun() {
    // given
    String torchScript = Path.of("../models/fashion-mnist-mlp128").toAbsolutePath().toString();
    PersistedDemoSettings run =
        engine(PersistedDemoSettings.defaults(ModelTask.CLASSIFICATION), torchScript, "onnx");
    // when, then
    assertThatThrownBy(() -> DemoInputs.load(settings(Path.of("../.."), run)))
        .isInstanceOf(StartupException.class)
        .hasMessage(
            "--engine: %s/model.pt runs with pytorch, --engine is onnx; deploy/models/make.py onnx"
                    .formatted(torchScript)
                + " exports a teacher");
  }

  private static PersistedDemoSettings engine(
      PersistedDemoSettings base, String teacher, String engine) {
    return new PersistedDemoSettings(
        base.task(),
        base.views(),
        base.student(),
        base.dataset(),
        base.partitions(),
        teacher,
        base.policy(),
        engine,
        base.labelFraction());
  }

  private static DemoSettings settings(Path home, PersistedDemoSettings run) {
    return new DemoSettings(
        home, run, OptionalLong.empty(), true, new DemoSettings.Ports(0, 0, 0), false);
  }

  @Test
  void shouldRefuseModelsOfAnotherTask() {
    // given
    Path models = Path.of("../models").toAbsolutePath();
    // when, then
    assertThatThrownBy(() -> load("segmentation", models.resolve("unet"), models.resolve("cnn")))
        .isInstanceOf(StartupException.class)
        .hasMessage(
            "--student: task: cnn is for classification with 10 classes, --task is segmentation");
    assertThatThrownBy(() -> load("classification", models.resolve("unet"), models.resolve("cnn")))
        .hasMessage(
            "--teacher: task: unet is for segmentation with 11 classes on 32 x 32 cells of stride"
                + " 2, --task is classification");
  }

  private static DemoInputs load(String task, Path teacher, Path student) {
    Path data = Path.of("../data/fashion-mnist").toAbsolutePath();
    return DemoInputs.load(
        new DemoSettings(
            data,
            new PersistedDemoSettings(
                task, 4, student.toString(), data.toString(), 1, teacher.toString(), "", "", 1.0),
            OptionalLong.empty(),
            true,
            new DemoSettings.Ports(0, 0, 0),
            false));
  }

  private DemoInputs load() {
    return DemoInputs.load(
        new DemoSettings(
            directory,
            new PersistedDemoSettings(
                "classification",
                4,
                directory.resolve("student").toString(),
                directory.resolve("data").toString(),
                1,
                directory.resolve("teacher").toString(),
                "fashion-mnist-mild",
                "",
                1.0),
            OptionalLong.empty(),
            true,
            new DemoSettings.Ports(0, 0, 0),
            false));
  }

  /** A directory whose model is not loaded here. */
  private void model(String kind, int height, int width, int channels, String more, String classes)
      throws IOException {
    Path model = Files.createDirectories(directory.resolve(kind));
    Files.writeString(model.resolve("model.pt"), "weights");
    Files.writeString(
        model.resolve(kind + ".yaml"),
        """
        name: %s
        version: "1"
        input: {height: %d, width: %d, channels: %d%s}
        classes: [%s]
        """
            .formatted(kind, height, width, channels, more, classes));
  }

  private Path pictures(String folder, int count) throws IOException {
    Path pictures = Files.createDirectories(directory.resolve("data").resolve(folder));
    for (int i = 0; i < count; i++) {
      Files.write(pictures.resolve(i + ".jpg"), JPEG);
    }
    return pictures;
  }
}
