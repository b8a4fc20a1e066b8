package io.stillstream.bench.trainer;

import com.fasterxml.jackson.databind.JsonNode;
import io.stillstream.bench.comparison.BenchmarkResult;
import io.stillstream.bench.machine.MachineInfo;
import io.stillstream.bench.machine.ScratchDirectory;
import io.stillstream.bench.python.PythonInterpreter;
import io.stillstream.bench.report.BenchmarkReport;
import io.stillstream.bench.trainer.AccuracyStudy.AccuracyRow;
import io.stillstream.labeler.torch.TorchScriptModel;
import io.stillstream.runtime.model.ModelSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

  /** Turns of {@code --feed} before those that count. */
  private static final int FEED_WARM_UP = 2;

  @Mixin private ScenarioOptions options;

  @Option(
      names = "--study",
      paramLabel = "NAME",
      description =
          "Instead of one training, several: cost varies views and updates; parity has"
              + " the defaults, AdamW, and two classes at a time.")
  private Optional<AccuracyStudy> study = Optional.empty();

  @Option(
      names = "--pytorch",
      description = "Trains with PyTorch too, on the same views, and compares the accuracy.")
  private boolean withPyTorch;

  @Option(
      names = "--pytorch-runs",
      defaultValue = "1",
      paramLabel = "N",
      description =
          "With --pytorch: trainings with seeds of their own; their median is compared; default"
              + " ${DEFAULT-VALUE}.")
  private int pytorchRuns;

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
      names = "--feed",
      paramLabel = "TURNS",
      description =
          "Instead: what decoding JPEG views of 224 x 224 costs the training thread, for a small"
              + " MobileNet or --student; TURNS batches without decode threads and with them.")
  private Optional<Integer> feed = Optional.empty();

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
      description =
          "With --peer and --pytorch: Python with torch and numpy; looked for when absent.")
  private Optional<String> python = Optional.empty();

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    check();
    if (feed.isPresent()) {
      measureFeed(feed.get());
      return 0;
    }
    TrainingScenario scenario = options.scenario();
    TorchScriptModel.useThreads(options.threads());
    try (ScratchDirectory scratch = ScratchDirectory.create()) {
      if (withPeer) {
        compareThroughput(scenario, scratch.path());
      } else if (memory.isPresent()) {
        new TrainerMemoryBenchmark(scenario, report(scenario, null))
            .run(memory.get(), scratch.path());
      } else {
        trainAccuracy(scenario, scratch.path());
      }
    }
    return 0;
  }

  private void measureFeed(int turns) throws IOException {
    ModelSpec student = options.feedStudent();
    TorchScriptModel.useThreads(options.threads());
    Map<String, Object> facts = MachineInfo.facts(null);
    facts.values().removeIf(Objects::isNull);
    facts.put("student", student.name() + " " + student.version());
    facts.put("threads", options.threads());
    PrintWriter out = spec.commandLine().getOut();
    try (ScratchDirectory scratch = ScratchDirectory.create()) {
      new FeedBenchmark(
              student, options.settings(), new BenchmarkReport(out, BENCH, RATES, facts), out)
          .run(scratch.path(), turns, FEED_WARM_UP);
    }
  }

  private void trainAccuracy(TrainingScenario scenario, Path directory) throws IOException {
    BenchmarkReport report = report(scenario, null);
    Optional<PyTorchReference> reference =
        withPyTorch
            ? Optional.of(
                new PyTorchReference(
                    PythonInterpreter.withTorch().find(python),
                    ScenarioOptions.models("make.py"),
                    pytorchRuns))
            : Optional.empty();
    AccuracyStudyRun run =
        new AccuracyStudyRun(
            report, reference, spec.commandLine().getOut(), spec.commandLine().getErr());
    if (study.isPresent()) {
      run.run(study.get().rows(scenario, options.images(scenario)));
    } else {
      AccuracyRow row =
          new AccuracyRow(
              scenario.student().name(),
              scenario,
              options.sequence(scenario),
              options.classesPerTask());
      report.result(row.name(), run.train(row, directory));
    }
  }

  private void compareThroughput(TrainingScenario scenario, Path directory) {
    String interpreter = PythonInterpreter.withTorch().find(python);
    try (TrainerThroughputComparison comparison =
        new TrainerThroughputComparison(
            scenario, interpreter, ScenarioOptions.models("make.py"), directory)) {
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
    facts.put("threads", options.threads());
    return new BenchmarkReport(spec.commandLine().getOut(), BENCH, RATES, facts);
  }

  private void check() {
    boolean other = withPeer || memory.isPresent();
    boolean accuracy = study.isPresent() || withPyTorch;
    if ((withPeer && memory.isPresent()) || (other && accuracy)) {
      throw misused("--peer, --memory, and --study or --pytorch exclude each other");
    }
    if (study.isPresent() && options.classesPerTask().isPresent()) {
      throw misused("--classes-per-task cannot be given with --study, whose rows have their own");
    }
    if (feed.isPresent() && (other || accuracy)) {
      throw misused("--feed excludes --peer, --memory, --study and --pytorch");
    }
    if (feed.isPresent() && feed.get() < 1) {
      throw misused("--feed must be at least 1, was " + feed.get());
    }
    if (repeats < 1) {
      throw misused("--repeats must be at least 1, was " + repeats);
    }
    if (pytorchRuns < 1) {
      throw misused("--pytorch-runs must be at least 1, was " + pytorchRuns);
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

  private ParameterException misused(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
