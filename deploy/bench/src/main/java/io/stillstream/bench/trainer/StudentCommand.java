package io.stillstream.bench.trainer;

import com.fasterxml.jackson.databind.JsonNode;
import io.stillstream.augmenter.policy.PolicyResolver;
import io.stillstream.bench.comparison.BenchmarkResult;
import io.stillstream.bench.machine.MachineInfo;
import io.stillstream.bench.machine.ScratchDirectory;
import io.stillstream.bench.python.PythonInterpreter;
import io.stillstream.bench.report.BenchmarkReport;
import io.stillstream.labeler.torch.TorchScriptModel;
import io.stillstream.local.data.IdxLabeledImages;
import io.stillstream.runtime.model.ModelSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What a student learns in one pass, and how fast it trains beside PyTorch. */
@Command(
    name = "student",
    description = {
      "Trains a student once through a data set with the code of augmenter, labeler and trainer, but",
      "without brokers, and measures it on the test images; or its steps against PyTorch's."
    })
public final class StudentCommand implements Callable<Integer> {
  private static final String BENCH = "student";
  private static final String RATES =
      "steps per second, in the row that ends in -cpu of processor time";

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

  @Option(
      names = "--peer",
      description = "Instead: steps per second beside eager PyTorch in Python, turn by turn.")
  private boolean withPeer;

  @Option(
      names = "--memory",
      paramLabel = "STEPS",
      description =
          "Instead: takes STEPS steps, the data set over and over, and watches memory from step"
              + " 2,000 on.")
  private Optional<Integer> memory = Optional.empty();

  @Option(
      names = "--seconds",
      defaultValue = "4",
      paramLabel = "N",
      description = "With --peer: length of one turn, seconds; default ${DEFAULT-VALUE}.")
  private double seconds;

  @Option(
      names = "--repeats",
      defaultValue = "5",
      paramLabel = "N",
      description =
          "With --peer: rounds, a turn of each workload in each; default ${DEFAULT-VALUE}.")
  private int repeats;

  @Option(
      names = "--python",
      paramLabel = "PATH",
      description = "With --peer: Python with torch and numpy; looked for when absent.")
  private Optional<String> python = Optional.empty();

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    check();
    TorchScriptModel.useThreads(threads);
    TrainingScenario scenario = scenario();
    try (ScratchDirectory scratch = ScratchDirectory.create()) {
      if (withPeer) {
        compareThroughput(scenario, scratch.path());
      } else if (memory.isPresent()) {
        new TrainerMemoryBenchmark(scenario, report(scenario, null))
            .run(memory.get(), scratch.path());
      } else {
        runAccuracy(scenario, scratch.path());
      }
    }
    return 0;
  }

  private void runAccuracy(TrainingScenario scenario, Path directory) {
    int count = Math.min(images.orElse(scenario.train().size()), scenario.train().size());
    TaskSequence sequence =
        classesPerTask
            .map(
                perTask ->
                    TaskSequence.byClasses(
                        count, scenario.classes(), perTask, scenario.train()::label))
            .orElseGet(() -> TaskSequence.inOrder(count, scenario.classes()));
    PrintWriter err = spec.commandLine().getErr();
    Map<String, Object> result =
        new AccuracyRun(
                scenario,
                sequence,
                line -> {
                  err.println(line);
                  err.flush();
                })
            .run(directory);
    classesPerTask.ifPresent(perTask -> result.put("classes_per_task", perTask));
    report(scenario, null).result(scenario.student().name(), result);
  }

  private void compareThroughput(TrainingScenario scenario, Path directory) {
    String interpreter = PythonInterpreter.withTorch().find(python);
    try (TrainerThroughputComparison comparison =
        new TrainerThroughputComparison(scenario, interpreter, models("make.py"), directory)) {
      Duration turn = Duration.ofNanos(Math.round(seconds * 1e9));
      List<BenchmarkResult> results = comparison.measure(turn, repeats);
      report(scenario, comparison.peer().versions()).print(results);
    }
  }

  private BenchmarkReport report(TrainingScenario scenario, JsonNode peer) {
    Map<String, Object> facts = MachineInfo.facts(peer);
    facts.values().removeIf(Objects::isNull);
    facts.put("teacher", scenario.teacher().name() + " " + scenario.teacher().version());
    facts.put("student", scenario.student().name() + " " + scenario.student().version());
    facts.put("threads", threads);
    return new BenchmarkReport(spec.commandLine().getOut(), BENCH, RATES, facts);
  }

  private TrainingScenario scenario() {
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

  private static Path models(String name) {
    return home().resolve("deploy/models").resolve(name);
  }

  private static Path home() {
    return Path.of(System.getProperty("stillstream.home", "."));
  }

  private void check() {
    images.ifPresent(n -> requireAtLeastOne("--images", n));
    classesPerTask.ifPresent(n -> requireAtLeastOne("--classes-per-task", n));
    buffer.ifPresent(n -> requireAtLeastOne("--buffer", n));
    requireAtLeastOne("--views", views);
    requireAtLeastOne("--threads", threads);
    requireAtLeastOne("--repeats", repeats);
    if (learningRate.isPresent() && !(learningRate.get() > 0)) {
      throw misused("--learning-rate must be positive, was " + learningRate.get());
    }
    if (memory.isPresent() && memory.get() <= TrainerMemoryBenchmark.WARM_UP) {
      throw misused(
          "--memory must be more than %d, was %d"
              .formatted(TrainerMemoryBenchmark.WARM_UP, memory.get()));
    }
    if (!(seconds > 0)) {
      throw misused("--seconds must be positive, was " + seconds);
    }
  }

  private void requireAtLeastOne(String option, int value) {
    if (value < 1) {
      throw misused("%s must be at least 1, was %d".formatted(option, value));
    }
  }

  private ParameterException misused(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
