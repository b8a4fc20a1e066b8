package io.stillstream.bench.labeler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.stillstream.bench.comparison.BenchmarkResult;
import io.stillstream.bench.machine.MachineInfo;
import io.stillstream.bench.machine.ScratchDirectory;
import io.stillstream.bench.report.BenchmarkReport;
import io.stillstream.labeler.torch.TorchScriptModel;
import io.stillstream.runtime.model.ModelSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The labeler against the djl teacher, and that one against Python; and the labeler's memory. */
@Command(
    name = "teacher",
    description = {
      "Measures a teacher called in a bare loop against the same in Python with PyTorch, and the",
      "labeler through Kafka with exactly-once against the bare loop, turn by turn."
    })
public final class TeacherCommand implements Callable<Integer> {
  private static final String BENCH = "teacher";
  private static final String RATES =
      "images per second, in rows that end in -cpu of processor time";
  private static final String NONE = "none";

  @Option(
      names = "--teacher",
      paramLabel = "DIR",
      description = "Model directory, or its .pt file; the bundled ResNet when absent.")
  private Optional<Path> teacher = Optional.empty();

  @Option(
      names = "--onnx",
      paramLabel = "DIR",
      description =
          "The same teacher as ONNX; DIR-onnx beside --teacher when absent. 'none' leaves its rows out.")
  private Optional<String> onnx = Optional.empty();

  @Option(
      names = "--device",
      defaultValue = "cpu",
      paramLabel = "cpu|gpu",
      description = "Where the teacher works; default ${DEFAULT-VALUE}. gpu is the first one.")
  private String device;

  @Option(
      names = "--batch",
      defaultValue = "128",
      paramLabel = "B",
      description = "Images in a batch; default ${DEFAULT-VALUE}.")
  private int batch;

  @Option(
      names = "--threads",
      defaultValue = "1",
      paramLabel = "T",
      description = "Threads within an operator, in all workloads; default ${DEFAULT-VALUE}.")
  private int threads;

  @Option(
      names = "--seconds",
      defaultValue = "4",
      paramLabel = "N",
      description = "Length of one turn, seconds; default ${DEFAULT-VALUE}.")
  private double seconds;

  @Option(
      names = "--repeats",
      defaultValue = "5",
      paramLabel = "N",
      description = "Rounds, a turn of each workload in each; default ${DEFAULT-VALUE}.")
  private int repeats;

  @Option(
      names = "--rows",
      split = ",",
      paramLabel = "ROW",
      description = "Only these rows, by name, with commas between; all when absent.")
  private List<String> rows = List.of();

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A setting of the labeler, such as batch.max-delay=10ms; may be repeated.")
  private Map<String, String> settings = Map.of();

  @Option(
      names = "--python",
      paramLabel = "PATH",
      description =
          "Python with torch and numpy; looked for when absent. 'none' leaves its rows out.")
  private Optional<String> python = Optional.empty();

  @Option(
      names = "--memory",
      paramLabel = "N",
      description = "Instead: labels N views in batches of all fills and watches memory.")
  private Optional<Integer> memory = Optional.empty();

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    check();
    TorchScriptModel.useThreads(threads);
    boolean gpu = device.equals("gpu");
    DjlInferenceLoop.requireDevice(gpu);
    InferenceSetup setup =
        InferenceSetup.of(ModelSpec.load(model(), "--teacher"), gpu, batch, threads);
    try (ScratchDirectory scratch = ScratchDirectory.create()) {
      if (memory.isPresent()) {
        monitor(setup, scratch.path(), memory.get());
      } else {
        measure(setup, scratch.path());
      }
    }
    return 0;
  }

  private void monitor(InferenceSetup setup, Path directory, int views) {
    Map<String, String> all = new LinkedHashMap<>(LabelerMemoryBenchmark.SETTINGS);
    all.putAll(settings);
    try (LabelerTestbed kafka = new LabelerTestbed(directory, setup, all)) {
      new LabelerMemoryBenchmark(kafka, setup, report(setup, MissingNode.getInstance(), Map.of()))
          .run(views);
    }
  }

  private void measure(InferenceSetup setup, Path directory) throws IOException {
    List<TeacherBenchmark> wanted = TeacherBenchmark.of(rows);
    Duration turn = Duration.ofNanos(Math.round(seconds * 1e9));
    List<BenchmarkResult> results = new ArrayList<>();
    TeacherParticipants.Peers peers =
        new TeacherParticipants.Peers(!python.equals(Optional.of(NONE)), python, onnxTeacher());
    try (TeacherParticipants participants =
        TeacherParticipants.open(setup, wanted, peers, directory)) {
      for (TeacherBenchmark row : wanted) {
        if (row.isPossible(participants)) {
          List<BenchmarkResult> pair =
              row.measure(
                  participants,
                  Files.createTempDirectory(directory, row.rowName()),
                  settings,
                  turn,
                  repeats);
          results.addAll(pair);
          pair.forEach(this::progress);
        } else {
          spec.commandLine().getErr().println(row.rowName() + ": left out, see docs/teacher.md");
        }
      }
      report(
              setup,
              participants
                  .torch()
                  .map(PythonInferenceBaseline::versions)
                  .orElse(MissingNode.getInstance()),
              participants.facts())
          .print(results);
    }
  }

  /** As given, or beside the teacher, if it can compute on the device. */
  private Optional<ModelSpec> onnxTeacher() {
    if (onnx.equals(Optional.of(NONE)) || (device.equals("gpu") && !OrtInferenceLoop.hasCuda())) {
      return Optional.empty();
    }
    return onnx.map(Path::of)
        .or(() -> TeacherParticipants.onnxBeside(model()))
        .map(path -> ModelSpec.load(path, "--onnx"));
  }

  private BenchmarkReport report(
      InferenceSetup setup, JsonNode torch, Map<String, Object> engines) {
    Map<String, Object> facts = MachineInfo.facts(torch.isMissingNode() ? null : torch);
    facts.putAll(engines);
    facts.put(
        "teacher",
        "%s %s, %d x %d x %d %s"
            .formatted(
                setup.teacher().name(),
                setup.teacher().version(),
                setup.teacher().height(),
                setup.teacher().width(),
                setup.teacher().channels(),
                setup.encoding()));
    facts.put("device", setup.device());
    facts.put("batch", setup.batch());
    facts.put("threads", setup.threads());
    return new BenchmarkReport(spec.commandLine().getOut(), BENCH, RATES, facts);
  }

  private Path model() {
    return teacher.orElseGet(
        () ->
            Path.of(
                System.getProperty("stillstream.home", "."),
                "deploy/models/fashion-mnist-resnet16"));
  }

  private void progress(BenchmarkResult result) {
    spec.commandLine().getErr().printf("%s: %.2f%n", result.name(), result.ratio());
  }

  private void check() {
    if (!List.of("cpu", "gpu").contains(device)) {
      throw misused("--device must be cpu or gpu, was " + device);
    }
    requireAtLeast("--batch", 1, batch);
    requireAtLeast("--threads", 1, threads);
    requireAtLeast("--repeats", 1, repeats);
    memory.ifPresent(views -> requireAtLeast("--memory", LabelerMemoryBenchmark.LEAST, views));
    if (!(seconds > 0)) {
      throw misused("--seconds must be positive, was " + seconds);
    }
    for (String row : rows) {
      if (!TeacherBenchmark.names().contains(row)) {
        throw misused(
            "--rows: no row " + row + "; known are " + String.join(", ", TeacherBenchmark.names()));
      }
    }
  }

  private void requireAtLeast(String option, int least, int value) {
    if (value < least) {
      throw misused("%s must be at least %d, was %d".formatted(option, least, value));
    }
  }

  private ParameterException misused(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
