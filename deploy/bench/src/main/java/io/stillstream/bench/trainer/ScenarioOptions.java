package io.stillstream.bench.trainer;

import io.stillstream.augmenter.policy.PolicyResolver;
import io.stillstream.local.data.IdxLabeledImages;
import io.stillstream.runtime.model.ModelSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options that say what is learned, from whom and how. */
final class ScenarioOptions {
  @Option(
      names = "--dataset",
      paramLabel = "DIR",
      description =
          "Directory of idx files (.gz too); the bundled Fashion-MNIST subset when absent.")
  private Optional<Path> dataset = Optional.empty();

  @Option(
      names = "--student",
      defaultValue = "cnn",
      paramLabel = "NAME|DIR",
      description = "cnn, mlp, resnet8, resnet12 or a model directory; default ${DEFAULT-VALUE}.")
  private String student;

  @Option(
      names = "--teacher",
      paramLabel = "DIR",
      description = "Model directory; the bundled ResNet when absent.")
  private Optional<Path> teacher = Optional.empty();

  @Option(
      names = "--seed",
      defaultValue = "42",
      paramLabel = "S",
      description = "Of views, replay and dropout; default ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--images",
      paramLabel = "N",
      description = "The first N images of the data set; all when absent.")
  private Optional<Integer> images = Optional.empty();

  @Option(
      names = "--classes-per-task",
      paramLabel = "N",
      description = "So many classes at a time, one task after the other; all at once when absent.")
  private Optional<Integer> classesPerTask = Optional.empty();

  @Option(
      names = "--buffer",
      paramLabel = "N",
      description = "Views in the replay buffer; the trainer's default when absent.")
  private Optional<Integer> buffer = Optional.empty();

  @Option(
      names = "--learning-rate",
      paramLabel = "LR",
      description = "The trainer's default when absent.")
  private Optional<Double> learningRate = Optional.empty();

  @Option(
      names = "--policy",
      defaultValue = "fashion-mnist-mild",
      paramLabel = "NAME|FILE",
      description = "A ready-made policy, or a file with one; default ${DEFAULT-VALUE}.")
  private String policy;

  @Option(
      names = "--views",
      defaultValue = "4",
      paramLabel = "V",
      description = "Views of each image, the original among them; default ${DEFAULT-VALUE}.")
  private int views;

  @Option(
      names = "--threads",
      defaultValue = "1",
      paramLabel = "T",
      description = "Threads within an operator; default ${DEFAULT-VALUE}.")
  private int threads;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A setting of the trainer, such as loss.alpha=1; may be repeated.")
  private Map<String, String> settings = Map.of();

  @Spec(Target.MIXEE)
  private CommandSpec spec;

  /** Threads within an operator. */
  int threads() {
    return threads;
  }

  /** How many images are asked for, at most those that there are. */
  int images(TrainingScenario scenario) {
    return Math.min(images.orElse(scenario.train().size()), scenario.train().size());
  }

  Optional<Integer> classesPerTask() {
    return classesPerTask;
  }

  /** The order of the images. */
  TaskSequence sequence(TrainingScenario scenario) {
    return TaskSequence.of(scenario, images(scenario), classesPerTask);
  }

  /** What is to be trained; all options are checked. */
  TrainingScenario scenario() {
    check();
    Path data = dataset.orElseGet(() -> home().resolve("deploy/data/fashion-mnist"));
    Map<String, String> all = new LinkedHashMap<>();
    buffer.ifPresent(n -> all.put("buffer.views", Integer.toString(n)));
    learningRate.ifPresent(rate -> all.put("optimiser.learning-rate", Double.toString(rate)));
    all.putAll(settings);
    Path bundled = models(student);
    return new TrainingScenario(
        ModelSpec.load(Files.exists(bundled) ? bundled : Path.of(student), "--student"),
        ModelSpec.load(teacher.orElseGet(() -> models("fashion-mnist-resnet16")), "--teacher"),
        IdxLabeledImages.load(data, IdxLabeledImages.Split.TRAIN),
        IdxLabeledImages.load(data, IdxLabeledImages.Split.TEST),
        PolicyResolver.load(policy),
        views,
        seed,
        threads,
        all);
  }

  private void check() {
    images.ifPresent(n -> requireAtLeastOne("--images", n));
    classesPerTask.ifPresent(n -> requireAtLeastOne("--classes-per-task", n));
    buffer.ifPresent(n -> requireAtLeastOne("--buffer", n));
    requireAtLeastOne("--views", views);
    requireAtLeastOne("--threads", threads);
    if (learningRate.isPresent() && !(learningRate.get() > 0)) {
      throw new ParameterException(
          spec.commandLine(), "--learning-rate must be positive, was " + learningRate.get());
    }
  }

  private void requireAtLeastOne(String option, int value) {
    if (value < 1) {
      throw new ParameterException(
          spec.commandLine(), "%s must be at least 1, was %d".formatted(option, value));
    }
  }

  /** A directory, or file, of deploy/models. */
  static Path models(String name) {
    return home().resolve("deploy/models").resolve(name);
  }

  private static Path home() {
    return Path.of(System.getProperty("stillstream.home", "."));
  }
}
