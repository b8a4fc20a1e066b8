package io.stillstream.bench.trainer;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.augmenter.policy.PolicyResolver;
import io.stillstream.local.data.IdxLabeledImages;
import io.stillstream.local.data.IdxLabeledImages.Split;
import io.stillstream.local.data.LabeledImages;
import io.stillstream.local.data.SceneDataSet;
import io.stillstream.local.demo.settings.TaskDefaults;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.answer.ModelTask;
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
      names = "--task",
      defaultValue = "classification",
      paramLabel = "TASK",
      description =
          "What the models answer: classification, segmentation (of scenes made of the images) or"
              + " embedding; default ${DEFAULT-VALUE}.")
  private ModelTask task;

  @Option(
      names = "--student",
      paramLabel = "NAME|DIR",
      description =
          "A student of deploy/models or a model directory; cnn, scenes-fcn or embed-cnn when"
              + " absent.")
  private Optional<String> student = Optional.empty();

  @Option(
      names = "--teacher",
      paramLabel = "DIR",
      description = "Model directory; when absent the bundled ResNet, U-Net or ResNet's features.")
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
    Map<String, String> all = new LinkedHashMap<>(TaskDefaults.of(task).training());
    buffer.ifPresent(n -> all.put("buffer.views", Integer.toString(n)));
    learningRate.ifPresent(rate -> all.put("optimiser.learning-rate", Double.toString(rate)));
    all.putAll(settings);
    String name = student.orElse(TaskDefaults.of(task).students().get(0));
    ModelSpec model = ModelSpec.load(named(name), "--student");
    if (model.task() != task) {
      throw new StartupException(
          "--student: %s is for %s, --task is %s"
              .formatted(model.name(), model.output(), task.key()));
    }
    return new TrainingScenario(
        model,
        ModelSpec.load(
            teacher.orElseGet(() -> models(TaskDefaults.of(task).teacher())), "--teacher"),
        images(data, model, Split.TRAIN),
        images(data, model, Split.TEST),
        policy(model),
        views,
        seed,
        threads,
        all);
  }

  /** The student that is given, or else a MobileNet. */
  ModelSpec feedStudent() {
    Path mobileNet = home().resolve("deploy/bench/models/mobilenet");
    return ModelSpec.load(student.map(ScenarioOptions::named).orElse(mobileNet), "--student");
  }

  /** The settings that are given. */
  Map<String, String> settings() {
    check();
    return settings;
  }

  private static Path named(String student) {
    return Files.exists(models(student)) ? models(student) : Path.of(student);
  }

  /** What views are made, in the size that the models take. */
  private Policy policy(ModelSpec model) {
    ObjectNode tree = JsonNodeFactory.instance.objectNode().put("preset", policy);
    tree.putObject("output")
        .put("height", model.height())
        .put("width", model.width())
        .put("channels", model.channels());
    return Policy.parse(PolicyResolver.resolve(tree));
  }

  private static LabeledImages images(Path data, ModelSpec model, Split part) {
    if (model.task() == ModelTask.SEGMENTATION) {
      return SceneDataSet.open(data).images(part, model.classes());
    }
    IdxLabeledImages images = IdxLabeledImages.load(data, part);
    if (model.height() != images.height()
        || model.width() != images.width()
        || model.channels() != 1) {
      throw new StartupException(
          "--dataset: images are %d x %d x 1, %s takes %d x %d x %d"
              .formatted(
                  images.height(),
                  images.width(),
                  model.name(),
                  model.height(),
                  model.width(),
                  model.channels()));
    }
    if (model.task() == ModelTask.CLASSIFICATION
        && images.highestLabel() >= model.classes().size()) {
      throw new StartupException(
          "--dataset: there is a label %d, %s has %d classes"
              .formatted(images.highestLabel(), model.name(), model.classes().size()));
    }
    return images;
  }

  private void check() {
    if (task != ModelTask.CLASSIFICATION && classesPerTask.isPresent()) {
      throw new ParameterException(
          spec.commandLine(), "--classes-per-task is for --task classification");
    }
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
