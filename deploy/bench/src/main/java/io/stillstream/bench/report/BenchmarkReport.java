package io.stillstream.bench.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.bench.comparison.BenchmarkResult;
import io.stillstream.bench.comparison.RatioTarget;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Prints outcomes: a line of a table for each as it comes, and its {@code RESULT} line. */
public final class BenchmarkReport {
  private static final ObjectMapper JSON = new ObjectMapper();
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

  /** Prints the machine and the table with all outcomes, then their lines for programs. */
  public void print(List<BenchmarkResult> outcomes) {
    out.println();
    machine.forEach((name, fact) -> out.println(name + ": " + fact));
    out.println("rates are " + rates + "; ratio = ours / other, medians");
    out.println();
    out.printf(
        Locale.ROOT, COLUMNS, "row", "ours", "other", "ratio", "lowest–highest", "target", "");
    outcomes.forEach(this::line);
    out.println();
    outcomes.forEach(outcome -> result(outcome.name(), fields(outcome)));
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

  private void line(BenchmarkResult outcome) {
    out.printf(
        Locale.ROOT,
        COLUMNS,
        outcome.name(),
        rate(outcome.ours()),
        rate(outcome.other()),
        two(outcome.ratio()),
        two(outcome.lowestRatio()) + "–" + two(outcome.highestRatio()),
        outcome.target().map(RatioTarget::toString).orElse(""),
        outcome.met().map(met -> met ? "met" : "MISSED").orElse("for information"));
  }

  private static Map<String, Object> fields(BenchmarkResult outcome) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("ratio", outcome.ratio());
    fields.put("ratios", outcome.ratios());
    fields.put("ours", outcome.ours());
    fields.put("other", outcome.other());
    outcome
        .target()
        .ifPresent(
            target -> {
              fields.put("target", target.bound());
              fields.put("at", target.atLeast() ? "least" : "most");
              fields.put("met", target.isMetBy(outcome.ratio()));
            });
    return fields;
  }

  private static String rate(double rate) {
    return String.format(Locale.ROOT, rate < 1000 ? "%.1f" : "%,.0f", rate);
  }

  private static String two(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
