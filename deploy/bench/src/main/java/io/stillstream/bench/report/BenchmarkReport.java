package io.stillstream.bench.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.bench.comparison.BenchmarkResult;
import io.stillstream.bench.comparison.RatioTarget;
import io.stillstream.bench.machine.ProcessMemory;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Prints results: a line of a table for each as it comes, and its {@code RESULT} line. */
public final class BenchmarkReport {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final double MEGABYTE = 1 << 20;
  private static final String COLUMNS = "%-22s %12s %12s %7s %15s %8s  %s%n";

  private final PrintWriter out;
  private final String bench;
  private final String rates;
  private final Map<String, Object> machine;

  /**
   * @param bench which benchmark it is, for programs
   * @param rates what its rates are, for people
   */
  public BenchmarkReport(PrintWriter out, String bench, String rates, Map<String, Object> machine) {
    this.out = out;
    this.bench = bench;
    this.rates = rates;
    this.machine = machine;
  }

  /** Prints the machine and the table with all results, then their lines for programs. */
  public void print(List<BenchmarkResult> results) {
    out.println();
    machine.forEach((name, fact) -> out.println(name + ": " + fact));
    out.println("rates are " + rates + "; ratio = ours / other, medians");
    out.println();
    out.printf(
        Locale.ROOT, COLUMNS, "row", "ours", "other", "ratio", "lowest–highest", "target", "");
    results.forEach(this::line);
    out.println();
    results.forEach(result -> result(result.name(), fields(result)));
    out.flush();
  }

  /** Prints one line for programs. */
  public void result(String row, Map<String, ?> fields) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("bench", bench);
    all.put("row", row);
    all.putAll(fields);
    all.put("machine", machine);
    try {
      out.println("RESULT " + JSON.writeValueAsString(all));
      out.flush();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private void line(BenchmarkResult result) {
    out.printf(
        Locale.ROOT,
        COLUMNS,
        result.name(),
        rate(result.ours()),
        rate(result.other()),
        two(result.ratio()),
        two(result.lowestRatio()) + "–" + two(result.highestRatio()),
        result.target().map(RatioTarget::toString).orElse(""),
        result.met().map(met -> met ? "met" : "MISSED").orElse("for information"));
  }

  private static Map<String, Object> fields(BenchmarkResult result) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("ratio", result.ratio());
    fields.put("ratios", result.ratios());
    fields.put("ours", result.ours());
    fields.put("other", result.other());
    result
        .target()
        .ifPresent(
            target -> {
              fields.put("target", target.bound());
              fields.put("at", target.atLeast() ? "least" : "most");
              fields.put("met", target.isMetBy(result.ratio()));
            });
    return fields;
  }

  /**
   * Prints what became of the process's memory: lines for people, and one for programs.
   *
   * @param what was done meanwhile
   * @param count how many
   * @param samples after warm-up
   * @param device bytes held on the device, sampled as the others; empty without one
   * @param more for programs
   */
  public void printMemory(
      String what,
      long count,
      List<ProcessMemory> samples,
      List<Long> device,
      Map<String, ?> more) {
    MedianSpread resident = MedianSpread.of(samples.stream().map(ProcessMemory::resident).toList());
    MedianSpread outside =
        MedianSpread.of(samples.stream().map(ProcessMemory::outsideOfJava).toList());
    out.printf(Locale.ROOT, "memory over %,d %s, after warm-up:%n", count, what);
    line("resident", resident);
    line("outside of Java", outside);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("count", count);
    fields.put("resident", resident);
    fields.put("outsideOfJava", outside);
    boolean flat = outside.isFlat();
    if (!device.isEmpty()) {
      MedianSpread onDevice = MedianSpread.of(device);
      line("on the device", onDevice);
      fields.put("onDevice", onDevice);
      flat &= onDevice.isFlat();
    }
    fields.put("met", flat);
    fields.putAll(more);
    result("memory", fields);
  }

  private void line(String name, MedianSpread memory) {
    out.printf(
        Locale.ROOT,
        "%-16s median %.0f MB, lowest %+.1f %%, highest %+.1f %%: %s%n",
        name,
        memory.median() / MEGABYTE,
        memory.lowest() * 100,
        memory.highest() * 100,
        memory.isFlat() ? "flat within 5 %" : "NOT flat within 5 %");
  }

  private static String rate(double rate) {
    return String.format(Locale.ROOT, rate < 1000 ? "%.1f" : "%,.0f", rate);
  }

  private static String two(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
