package io.stillstream.bench.augmenter;

import com.fasterxml.jackson.databind.node.TextNode;
import io.stillstream.bench.comparison.BenchmarkResult;
import io.stillstream.bench.comparison.PairedBenchmark;
import io.stillstream.bench.comparison.Workload;
import io.stillstream.bench.input.BenchmarkImages;
import io.stillstream.bench.machine.MachineInfo;
import io.stillstream.bench.machine.ScratchDirectory;
import io.stillstream.bench.python.PythonInterpreter;
import io.stillstream.bench.reference.ByReferenceBenchmark;
import io.stillstream.bench.report.BenchmarkReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The augmenter against Python with OpenCV, through Kafka against in process, and its memory. */
@Command(
    name = "augmenter",
    description = {
      "Measures the augmenter against Python with OpenCV, one thread each, turn by turn; then",
      "through Kafka with exactly-once against the same work in process. Or, with --by-reference,",
      "images by reference against images by value."
    })
public final class AugmenterCommand implements Callable<Integer> {
  private static final String BENCH = "augmenter";
  private static final String RATES = "images per second of processor time";

  @Option(
      names = "--photos",
      required = true,
      paramLabel = "DIR",
      description = "Folder with photographs, JPEG or PNG, searched with all folders below it.")
  private Path photos;

  @Option(
      names = "--seconds",
      defaultValue = "2",
      paramLabel = "N",
      description = "Length of one turn, seconds; default ${DEFAULT-VALUE}.")
  private double seconds;

  @Option(
      names = "--repeats",
      defaultValue = "7",
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
      names = "--memory",
      paramLabel = "N",
      description = "Instead: makes views of N images of mixed sizes and watches native memory.")
  private Optional<Integer> memory = Optional.empty();

  @Mixin private ByReferenceOptions byReference;

  @Option(
      names = "--python",
      paramLabel = "PATH",
      description = "Python with numpy and cv2; looked for when absent.")
  private Optional<String> python = Optional.empty();

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    check();
    try (ScratchDirectory scratch = ScratchDirectory.create()) {
      run(scratch.path());
    }
    return 0;
  }

  private void run(Path directory) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    BenchmarkImages inputs = BenchmarkImages.make(photos, directory);
    if (memory.isPresent()) {
      new AugmenterMemoryBenchmark(inputs, new BenchmarkReport(out, BENCH, RATES, Map.of()))
          .run(memory.get());
      return;
    }
    if (byReference.isAsked()) {
      Map<String, Object> machine = MachineInfo.facts(TextNode.valueOf("S3Proxy"));
      new ByReferenceBenchmark(out, new BenchmarkReport(out, BENCH, "images per second", machine))
          .run(byReference.plan(directory, inputs.photos(), repeats));
      return;
    }
    try (OpenCvBaseline openCv =
        OpenCvBaseline.start(PythonInterpreter.withOpenCv().find(python), directory)) {
      BenchmarkReport report =
          new BenchmarkReport(out, BENCH, RATES, MachineInfo.facts(openCv.versions()));
      Duration turn = Duration.ofNanos(Math.round(seconds * 1e9));
      List<BenchmarkResult> results = new ArrayList<>();
      for (AugmenterBenchmark row : AugmenterBenchmark.values()) {
        if (wanted(row.rowName())) {
          results.add(compare(row, inputs, openCv, turn));
          progress(results);
        }
      }
      for (AugmenterKafkaBenchmark row : AugmenterKafkaBenchmark.values()) {
        if (wanted(row.rowName())) {
          results.add(row.measure(inputs, directory, turn, repeats));
          progress(results);
        }
      }
      report.print(results);
    }
  }

  private BenchmarkResult compare(
      AugmenterBenchmark row, BenchmarkImages inputs, OpenCvBaseline openCv, Duration turn) {
    List<Path> files = row.set().of(inputs);
    openCv.load(row.set().name(), files);
    try (InProcessAugmenter augmenter = new InProcessAugmenter(row)) {
      Workload other = openCv.workload(row.rowName(), row.set().name());
      return new PairedBenchmark(
              row.rowName(), row.target(), augmenter.workload(BenchmarkImages.bytes(files)), other)
          .measure(turn, repeats);
    }
  }

  private void progress(List<BenchmarkResult> results) {
    BenchmarkResult last = results.get(results.size() - 1);
    spec.commandLine().getErr().printf("%s: %.2f%n", last.name(), last.ratio());
  }

  private void check() {
    if (!(seconds > 0)) {
      throw misused("--seconds must be positive, was " + seconds);
    }
    if (repeats < 1) {
      throw misused("--repeats must be at least 1, was " + repeats);
    }
    if (memory.isPresent() && memory.get() < AugmenterMemoryBenchmark.LEAST) {
      throw misused(
          "--memory must be at least " + AugmenterMemoryBenchmark.LEAST + ", was " + memory.get());
    }
    byReference
        .check()
        .ifPresent(
            error -> {
              throw misused(error);
            });
    List<String> known =
        Stream.concat(
                Arrays.stream(AugmenterBenchmark.values()).map(AugmenterBenchmark::rowName),
                Arrays.stream(AugmenterKafkaBenchmark.values())
                    .map(AugmenterKafkaBenchmark::rowName))
            .toList();
    for (String row : rows) {
      if (!known.contains(row)) {
        throw misused("--rows: no row " + row + "; known are " + String.join(", ", known));
      }
    }
  }

  private boolean wanted(String row) {
    return rows.isEmpty() || rows.contains(row);
  }

  private ParameterException misused(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
