package io.stillstream.bench.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.augmenter.policy.PolicyResolver;
import io.stillstream.bench.BenchMain;
import io.stillstream.bench.comparison.BenchmarkResult;
import io.stillstream.bench.python.PythonInterpreter;
import io.stillstream.containers.tools.ExternalTool;
import io.stillstream.containers.tools.RequiresTool;
import io.stillstream.local.data.IdxLabeledImages;
import io.stillstream.runtime.model.ModelSpec;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** The student's benchmark, for real but short, on the bundled images. */
final class StudentCommandIT {
  private static final Path MODELS = Path.of("../models");
  private static final Path DATA = Path.of("../data/fashion-mnist");

  /** The quick one: what it answers does not matter here. */
  private static final String TEACHER = "fashion-mnist-mlp128";

  @TempDir private Path directory;

  /** What {@code student} takes. */
  @CommandLine.Command
  private static final class Options {
    @CommandLine.Mixin private ScenarioOptions options;
  }

  @BeforeAll
  static void sayWhereTheModelsAre() {
    System.setProperty("stillstream.home", Path.of("../..").toAbsolutePath().toString());
  }

  @Test
  void shouldLearnInOnePassAndTellHowWell() throws Exception {
    // when
    JsonNode result = run("--student", "mlp", "--images", "600", "--seed", "7");

    // then: 600 images of 4 views are 18.75 batches of 4 steps
    assertThat(result.path("bench").asText()).isEqualTo("student");
    assertThat(result.path("student").asText()).isEqualTo("mlp");
    assertThat(result.path("steps").asLong()).isEqualTo(76);
    assertThat(result.path("images").asInt()).isEqualTo(600);
    assertThat(result.path("seed").asLong()).isEqualTo(7);
    assertThat(result.path("test_images").asInt()).isEqualTo(2000);
    assertThat(result.path("test_accuracy").asDouble()).isBetween(0.55, 0.85);
    assertThat(result.path("steps_per_second").asDouble()).isPositive();
    assertThat(result.path("seconds").asDouble()).isPositive();
    assertThat(result.path("buffer").asInt()).isEqualTo(100_000);
    assertThat(result.path("learning_rate").asDouble()).isEqualTo(0.004);
    assertThat(result.has("tasks")).isFalse();

    // when: the same again
    JsonNode again = run("--student", "mlp", "--images", "600", "--seed", "7");
    // then
    assertThat(again.path("test_accuracy")).isEqualTo(result.path("test_accuracy"));
  }

  @Test
  void shouldLearnSomeClassesAtATimeAndTellAfterEachTask() throws Exception {
    // when
    JsonNode result =
        run(
            "--student=mlp",
            "--images=1000",
            "--classes-per-task=5",
            "--buffer=500",
            "--learning-rate=0.002",
            "--set=loss.alpha=1");

    // then
    JsonNode tasks = result.path("tasks");
    assertThat(tasks).hasSize(2);
    assertThat(tasks.path(0).path("classes").toString()).isEqualTo("[0,1,2,3,4]");
    // Nothing is known yet of the other half.
    assertThat(tasks.path(0).path("test_accuracy").asDouble()).isLessThan(0.5);
    assertThat(tasks.path(0).path("accuracy_on_classes_so_far").asDouble()).isGreaterThan(0.5);
    assertThat(tasks.path(1).path("images").asInt()).isEqualTo(1000);
    assertThat(result.path("test_accuracy").asDouble())
        .isEqualTo(tasks.path(1).path("test_accuracy").asDouble())
        .isGreaterThan(0.5);
    assertThat(result.path("buffer").asInt()).isEqualTo(500);
    assertThat(result.path("learning_rate").asDouble()).isEqualTo(0.002);
    assertThat(result.path("classes_per_task").asInt()).isEqualTo(5);
  }

  @Test
  void shouldTellHowMemoryBehaves() throws Exception {
    // when
    JsonNode result = run("--student=mlp", "--memory=2040", "--set=batch.size=8");
    // then
    assertThat(result.path("row").asText()).isEqualTo("memory");
    assertThat(result.path("count").asLong()).isEqualTo(2040);
    assertThat(result.path("first").asLong()).isEqualTo(2000);
    assertThat(result.path("resident").path("median").asLong()).isPositive();
    assertThat(result.path("resident").path("highest").asDouble()).isGreaterThanOrEqualTo(0);
  }

  @Test
  void shouldTellWhatFeedingCosts() throws Exception {
    // when
    JsonNode result =
        run(
            "--feed=2",
            "--student=mlp",
            "--set=batch.size=8",
            "--set=batch.accumulate=1",
            "--set=decode.threads=3");

    // then
    assertThat(result.path("row").asText()).isEqualTo("feed");
    assertThat(result.path("alone").path("threads").asInt()).isZero();
    assertThat(result.path("ahead").path("threads").asInt()).isEqualTo(3);
    for (String side : List.of("alone", "ahead")) {
      assertThat(result.path(side).path("views_per_second").asDouble()).isPositive();
      assertThat(result.path(side).path("share").asDouble()).isBetween(0.0, 1.0);
    }
    assertThat(result.path("alone").path("share").asDouble()).isPositive();
    assertThat(result.path("view_bytes").asLong()).isPositive();
  }

  @ParameterizedTest
  @CsvSource({
    "--memory=2000",
    "--feed=0",
    "--images=0",
    "--learning-rate=0",
    "--student=vgg",
    "--study=price",
    "--pytorch-runs=0",
    "--dataset=nowhere"
  })
  void shouldNameABadOption(String option) {
    // given
    StringWriter err = new StringWriter();
    CommandLine bench = BenchMain.commandLine().setErr(new PrintWriter(err, true));
    // when
    int code = bench.execute("student", option);
    // then
    assertThat(code).isEqualTo(2);
    assertThat(err.toString()).contains(option.substring(option.indexOf('=') + 1));
  }

  @Test
  @RequiresTool(ExternalTool.PYTHON_TORCH)
  void shouldTrainTheSameOnBothSides() throws Exception {
    for (String student : List.of("mlp", "cnn")) {
      // given
      TrainingScenario scenario =
          new TrainingScenario(
              ModelSpec.load(MODELS.resolve(student), "student"),
              ModelSpec.load(MODELS.resolve(TEACHER), "teacher"),
              IdxLabeledImages.load(DATA, IdxLabeledImages.Split.TRAIN),
              IdxLabeledImages.load(DATA, IdxLabeledImages.Split.TEST),
              PolicyResolver.load("fashion-mnist-mild"),
              4,
              42,
              1,
              Map.of());
      Path scratch = Files.createDirectory(directory.resolve(student));
      String python = PythonInterpreter.withTorch().find(Optional.empty());
      try (TrainerThroughputComparison comparison =
          new TrainerThroughputComparison(scenario, python, MODELS.resolve("make.py"), scratch)) {
        // when: nothing has been drawn yet, so all updates are on the same views
        List<Double> ours = comparison.train();
        List<Double> theirs = comparison.peer().train();

        // then
        assertThat(ours).hasSize(4);
        for (int i = 0; i < ours.size(); i++) {
          assertThat(ours.get(i))
              .as("update %d of %s", i, student)
              .isCloseTo(theirs.get(i), within(2e-3));
        }

        // when
        List<BenchmarkResult> results = comparison.measure(Duration.ofMillis(100), 1);
        // then
        assertThat(results).extracting(BenchmarkResult::name).contains(student + "-steps");
        assertThat(results).allSatisfy(result -> assertThat(result.ours()).isPositive());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"segmentation, scenes-fcn, unet", "embedding, embed-cnn, resnet16-features"})
  @RequiresTool(ExternalTool.PYTHON_TORCH)
  void shouldTrainOtherTasksTheSameOnBothSides(String task, String student, String teacher)
      throws Exception {
    // given
    Options given = new Options();
    new CommandLine(given)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .parseArgs(
            "--task=" + task, "--student=" + student, "--teacher=" + MODELS.resolve(teacher));
    String python = PythonInterpreter.withTorch().find(Optional.empty());
    try (TrainerThroughputComparison comparison =
        new TrainerThroughputComparison(
            given.options.scenario(), python, MODELS.resolve("make.py"), directory)) {
      // when: nothing has been drawn yet, so all updates are on the same views
      List<Double> ours = comparison.train();
      List<Double> theirs = comparison.peer().train();

      // then
      assertThat(ours).hasSameSizeAs(theirs).hasSizeGreaterThanOrEqualTo(4);
      for (int i = 0; i < ours.size(); i++) {
        assertThat(ours.get(i)).as("update %d", i).isCloseTo(theirs.get(i), within(2e-3));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"segmentation, unet, mean_iou", "embedding, resnet16-features, cosine"})
  @RequiresTool(ExternalTool.PYTHON_TORCH)
  void shouldMeasureOtherTasksTheSameInPyTorch(String task, String teacher, String measure)
      throws Exception {
    // when
    JsonNode result =
        run("--task=" + task, "--teacher=" + MODELS.resolve(teacher), "--images=64", "--pytorch");

    // then: with so few images both have just begun to learn
    assertThat(result.path("task").asText()).isEqualTo(task);
    double ours = result.path("test_" + measure).asDouble();
    assertThat(ours).isPositive();
    assertThat(result.path("pytorch_test_" + measure).asDouble()).isCloseTo(ours, within(0.1));
    assertThat(result.path("pytorch_test_" + measure + "_runs")).hasSize(1);
  }

  @Test
  @RequiresTool(ExternalTool.PYTHON_TORCH)
  void shouldLearnAsMuchInPyTorch() throws Exception {
    // when: a small buffer with one view of each image, and views that are mirrored
    JsonNode result =
        run(
            "--student=mlp",
            "--images=1600",
            "--seed=1",
            "--pytorch",
            "--pytorch-runs=2",
            "--buffer=300",
            "--set=buffer.views-per-image=1",
            "--set=replay.horizontal-flip=true");

    // then: with 2,000 test images the difference of two seeds is about a point
    assertThat(result.path("steps").asInt()).isEqualTo(200);
    assertThat(result.path("test_accuracy").asDouble()).isGreaterThan(0.7);
    assertThat(result.path("pytorch_test_accuracy").asDouble())
        .isCloseTo(result.path("test_accuracy").asDouble(), within(0.05));
    assertThat(result.path("pytorch").path("torch").asText()).isNotEmpty();
    JsonNode runs = result.path("pytorch_test_accuracies");
    assertThat(runs).hasSize(2);
    assertThat(runs.path(0).asDouble()).isCloseTo(runs.path(1).asDouble(), within(0.05));
  }

  @Test
  @RequiresTool(ExternalTool.PYTHON_TORCH)
  void shouldRefuseWhatTheTrainingInPyTorchDoesNotHave() {
    // given
    StringWriter err = new StringWriter();
    CommandLine bench = BenchMain.commandLine().setErr(new PrintWriter(err, true));

    // when
    int code =
        bench.execute(
            "student", "--student=mlp", "--images=64", "--pytorch", "--set=loss.kind=dist");

    // then
    assertThat(code).isEqualTo(2);
    assertThat(err.toString()).contains("loss.kind: the training in PyTorch has kd only");
  }

  @ParameterizedTest
  @CsvSource({"cost, 9", "parity, 4"})
  void shouldTrainTheRowsOfAStudy(String study, int rows) {
    // given
    StringWriter out = new StringWriter();
    CommandLine bench = BenchMain.commandLine().setOut(new PrintWriter(out, true));

    // when
    int code =
        bench.execute(
            "student",
            "--teacher=" + MODELS + "/" + TEACHER,
            "--student=mlp",
            "--images=200",
            "--study=" + study);

    // then
    assertThat(code).isZero();
    assertThat(out.toString().lines().filter(line -> line.startsWith("RESULT "))).hasSize(rows);
    assertThat(out.toString())
        .contains(study.equals("cost") ? "\"row\":\"views-1-updates-8\"" : "\"row\":\"adamw-200\"");
  }

  private static JsonNode run(String... options) throws Exception {
    StringWriter out = new StringWriter();
    CommandLine bench = BenchMain.commandLine().setOut(new PrintWriter(out, true));
    List<String> all = new ArrayList<>(List.of("student"));
    all.addAll(List.of(options));
    if (all.stream().noneMatch(option -> option.startsWith("--teacher"))) {
      all.addAll(List.of("--teacher", MODELS + "/" + TEACHER));
    }
    assertThat(bench.execute(all.toArray(String[]::new))).isZero();
    String line =
        out.toString().lines().filter(l -> l.startsWith("RESULT ")).findFirst().orElseThrow();
    return new ObjectMapper().readTree(line.substring("RESULT ".length()));
  }
}
