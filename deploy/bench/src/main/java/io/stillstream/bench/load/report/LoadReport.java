package io.stillstream.bench.load.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.bench.load.delivery.DeliveryStage;
import io.stillstream.bench.load.delivery.RecordAccounting;
import io.stillstream.bench.load.deployment.ProcessRole;
import io.stillstream.bench.load.measurement.AgePercentiles;
import io.stillstream.bench.load.measurement.IsolatedServiceResult;
import io.stillstream.bench.load.measurement.LoadMeasurement;
import io.stillstream.bench.report.BenchmarkReport;
import io.stillstream.runtime.config.StartupException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Collects findings, prints each at once, and writes the report at the end. */
public final class LoadReport {
  private static final String BENCH = "load";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final PrintWriter out;
  private final String command;
  private final Map<String, Object> machine;
  private final Map<String, Object> setup;
  private final int cores;
  private final BenchmarkReport lines;
  private final List<IsolatedServiceResult> alone = new ArrayList<>();
  private final List<LoadMeasurement> measurements = new ArrayList<>();
  private final List<RecordAccounting> balances = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private double sustained = Double.NaN;
  private boolean bounded;

  /**
   * @param command that makes it
   * @param machine facts, {@code cores} among them
   * @param setup what runs, and what is sent
   */
  public LoadReport(
      PrintWriter out, String command, Map<String, Object> machine, Map<String, Object> setup) {
    this.out = out;
    this.command = command;
    this.machine = machine;
    this.setup = setup;
    this.cores = (Integer) machine.get("cores");
    this.lines = new BenchmarkReport(out, BENCH, "images per second", machine);
  }

  public void add(IsolatedServiceResult row) {
    alone.add(row);
    out.printf(
        Locale.ROOT,
        "%-10s alone, partitions %d, instances %d: %,.0f images/s, %.2f ms of CPU an image%n",
        row.service(),
        row.partitions(),
        row.instances(),
        row.images(),
        row.cpuMillisPerImage());
    out.flush();
  }

  public void add(LoadMeasurement measurement) {
    measurements.add(measurement);
    AgePercentiles labeled =
        measurement.ages().getOrDefault(DeliveryStage.LABELED, AgePercentiles.NONE);
    AgePercentiles trained =
        measurement.ages().getOrDefault(DeliveryStage.TRAINED, AgePercentiles.NONE);
    out.printf(
        Locale.ROOT,
        "%-22s %.1f images/s, under way %+.1f/s, labelled after %.0f ms (p99 %.0f),"
            + " trained after %.0f ms (p99 %.0f), %.2f cores%s%n",
        measurement.name(),
        measurement.settledRate(),
        measurement.growth(),
        labeled.p50(),
        labeled.p99(),
        trained.p50(),
        trained.p99(),
        measurement.cores(),
        measurement.sent().isLimit() ? "; the generator is the limit" : "");
    out.flush();
  }

  /**
   * What is sustained, images per second.
   *
   * @param isBounded whether a higher rate was tried, and was too much
   */
  public void sustained(double rate, boolean isBounded) {
    sustained = rate;
    bounded = isBounded;
    out.printf(Locale.ROOT, "sustained: %s%.1f images/s%n", isBounded ? "" : "at least ", rate);
    out.flush();
  }

  /**
   * The counts of a run that is over.
   *
   * @param trained good images that were trained on; NaN where it is not known
   */
  public void add(RecordAccounting balance, double trained) {
    balances.add(balance);
    problems.addAll(balance.problems());
    double good = balance.sent() - balance.bad();
    if (Double.isFinite(trained) && trained != good) {
      problems.add(
          String.format(Locale.ROOT, "%.2f images are trained on, should be %.0f", trained, good));
    }
  }

  /** Writes report.md and report.json, prints them, and returns what does not agree. */
  public List<String> finish(Path directory) {
    LoadResults findings =
        new LoadResults(
            command,
            machine,
            setup,
            alone,
            limit(),
            sustained,
            bounded,
            measurements,
            balances,
            problems);
    String text = LoadReportMarkdown.of(findings);
    try {
      Files.writeString(directory.resolve("report.md"), text);
      JSON.writerWithDefaultPrettyPrinter()
          .writeValue(directory.resolve("report.json").toFile(), findings);
    } catch (IOException e) {
      throw new StartupException(directory + " cannot be written: " + e.getMessage(), e);
    }
    out.println();
    out.println(text);
    alone.forEach(row -> lines.result(row.service() + "-alone", fields(row)));
    for (LoadMeasurement measurement : measurements) {
      Map<String, Object> fields = fields(measurement);
      fields.remove("agesOverTime");
      lines.result(measurement.name(), fields);
    }
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("sustained", sustained);
    summary.put("bounded", bounded);
    summary.put("limit", limit());
    summary.put("sent", balances.stream().mapToLong(RecordAccounting::sent).sum());
    summary.put("bad", balances.stream().mapToLong(RecordAccounting::bad).sum());
    summary.put("problems", problems);
    lines.result("summary", summary);
    return problems;
  }

  /** Of the plainest set-up that was measured: the first row of each service. */
  private double limit() {
    double millis = 0;
    for (ProcessRole role : ProcessRole.SERVICES) {
      millis +=
          alone.stream()
              .filter(row -> row.service().equals(role.toString()))
              .mapToDouble(row -> row.cpuMillisPerImage() + row.brokerMillisPerImage())
              .findFirst()
              .orElse(Double.NaN);
    }
    return cores * 1000 / millis;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> fields(Object row) {
    return JSON.convertValue(row, Map.class);
  }
}
