package io.stillstream.bench.trainer;

import io.stillstream.bench.machine.ScratchDirectory;
import io.stillstream.bench.report.BenchmarkReport;
import io.stillstream.bench.trainer.AccuracyStudy.AccuracyRow;
import io.stillstream.runtime.config.StartupException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Trains rows one after the other, each with PyTorch too if that is asked for. */
final class AccuracyStudyRun {
  private static final String COLUMNS = "%-24s %8s %6s %8s %8s %9s %9s %11s%n";

  private final BenchmarkReport report;
  private final Optional<PyTorchReference> reference;
  private final PrintWriter out;
  private final PrintWriter progress;

  /**
   * @param progress gets a line now and then
   */
  AccuracyStudyRun(
      BenchmarkReport report,
      Optional<PyTorchReference> reference,
      PrintWriter out,
      PrintWriter progress) {
    this.report = report;
    this.reference = reference;
    this.out = out;
    this.progress = progress;
  }

  /** Trains the rows, and prints a line and a result for each. */
  void run(List<AccuracyRow> rows) throws IOException {
    out.printf(
        COLUMNS, "row", "images", "views", "updates", "steps", "ours, %", "PyTorch", "difference");
    for (int i = 0; i < rows.size(); i++) {
      progress.printf("row %d of %d: %s%n", i + 1, rows.size(), rows.get(i).name());
      progress.flush();
      try (ScratchDirectory scratch = ScratchDirectory.create()) {
        print(
            rows.get(i).name(),
            rows.get(i).scenario().measure(),
            train(rows.get(i), scratch.path()));
      }
    }
  }

  /** Trains one row, and gives its result. */
  Map<String, Object> train(AccuracyRow row, Path directory) {
    Map<String, Object> result = new LinkedHashMap<>();
    AccuracyRun training =
        new AccuracyRun(
            row.scenario(),
            row.sequence(),
            line -> {
              progress.println(line);
              progress.flush();
            });
    if (reference.isEmpty()) {
      result.putAll(training.run(directory.resolve("trainer"), views -> {}));
    } else {
      result.putAll(trainOnBothSides(row, training, directory, reference.get()));
    }
    row.classesPerTask().ifPresent(perTask -> result.put("classes_per_task", perTask));
    return result;
  }

  private static Map<String, Object> trainOnBothSides(
      AccuracyRow row, AccuracyRun training, Path directory, PyTorchReference reference) {
    TorchTrainingBaseline.requireKnownSettings(
        row.scenario().task(), row.scenario().config(directory.resolve("trainer")));
    Path written = directory.resolve("views");
    Path work = directory.resolve("pytorch");
    try {
      Files.createDirectories(written);
      Files.createDirectories(work);
    } catch (IOException e) {
      throw new StartupException(directory + " cannot be made: " + e, e);
    }
    Map<String, Object> result;
    LabeledViewFiles views = new LabeledViewFiles(written);
    try (views) {
      result = training.run(directory.resolve("trainer"), views::add);
    }
    PyTorchReference.PyTorchResult other =
        reference.train(
            row.scenario(),
            row.scenario().config(directory.resolve("trainer")),
            views.files(),
            work);
    String measure = row.scenario().measure();
    result.put("pytorch_" + measure, other.median());
    result.put(
        measure.equals("test_accuracy")
            ? "pytorch_test_accuracies"
            : "pytorch_" + measure + "_runs",
        other.scores());
    result.put("pytorch", other.versions());
    return result;
  }

  private void print(String name, String measure, Map<String, Object> result) {
    double ours = 100 * (double) result.get(measure);
    Optional<Double> other =
        Optional.ofNullable((Double) result.get("pytorch_" + measure)).map(share -> 100 * share);
    out.printf(
        Locale.ROOT,
        COLUMNS,
        name,
        result.get("images"),
        result.get("views"),
        result.get("updates"),
        result.get("steps"),
        two(ours),
        other.map(AccuracyStudyRun::two).orElse(""),
        other.map(accuracy -> String.format(Locale.ROOT, "%+.2f", ours - accuracy)).orElse(""));
    out.flush();
    report.result(name, result);
  }

  private static String two(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
