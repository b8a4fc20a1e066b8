package io.stillstream.bench.reference;

import io.stillstream.bench.comparison.BenchmarkResult;
import io.stillstream.bench.comparison.PairedBenchmark;
import io.stillstream.bench.comparison.RatioTarget;
import io.stillstream.bench.report.BenchmarkReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Compares the augmenter's rate with images by reference and with the same images by value. */
public final class ByReferenceBenchmark {
  private static final String ROW = "by-reference";
  private static final RatioTarget TARGET = RatioTarget.atLeast(0.9);
  private static final double MEGABYTE = 1 << 20;

  /** Turns of each side; until then the JVM compiles the client of the store. */
  private static final int WARM_UPS = 6;

  private final PrintWriter out;
  private final BenchmarkReport report;

  public ByReferenceBenchmark(PrintWriter out, BenchmarkReport report) {
    this.out = out;
    this.report = report;
  }

  /**
   * What is measured.
   *
   * @param home the project's directory
   * @param directory for all files; hard links from it to the photographs must be possible
   * @param photos JPEG files
   * @param images of each side in all rounds together; rounded up to whole turns
   * @param rounds at least 1
   * @param latency of each request to the server of S3
   */
  public record Plan(
      Path home, Path directory, List<Path> photos, int images, int rounds, Duration latency) {
    int imagesPerTurn() {
      return (images + rounds - 1) / rounds;
    }
  }

  /** Measures, and prints the table and what each side took of the machine. */
  public void run(Plan plan) {
    try (ByReferenceTestbed testbed =
            new ByReferenceTestbed(plan.home(), plan.directory(), plan.latency());
        KafkaImageBatch batch =
            new KafkaImageBatch(testbed.clients(), ByReferenceTestbed.PARTITIONS)) {
      int turn = plan.imagesPerTurn();
      ByReferenceWorkload byReference =
          new ByReferenceWorkload(
              testbed,
              testbed.startByReference(),
              batch,
              batch.serialize(ByReferenceEvents.byReference(testbed.bucket(), plan.photos(), turn)),
              turn,
              WARM_UPS);
      ByReferenceWorkload byValue =
          new ByReferenceWorkload(
              testbed,
              testbed.startByValue(),
              batch,
              batch.serialize(ByReferenceEvents.byValue(plan.photos())),
              turn,
              WARM_UPS);
      for (int more = 1; more < WARM_UPS; more++) {
        var unused = byReference.run(Duration.ZERO);
        unused = byValue.run(Duration.ZERO);
      }
      List<BenchmarkResult> results =
          new PairedBenchmark(ROW, Optional.of(TARGET), byReference, byValue)
              .measureByBothClocks(Duration.ZERO, plan.rounds());
      report.print(results);
      print(plan, byReference.usage(), byValue.usage());
    }
  }

  private void print(Plan plan, ByReferenceUsage byReference, ByReferenceUsage byValue) {
    out.println();
    out.printf(
        Locale.ROOT,
        "%,d images of each side in %d rounds, %d ms for each request to the store%n",
        plan.imagesPerTurn() * plan.rounds(),
        plan.rounds(),
        plan.latency().toMillis());
    out.printf(Locale.ROOT, "%-42s %14s %10s%n", "", "by reference", "by value");
    byReference
        .millisPerImage()
        .forEach(
            (process, millis) ->
                line(
                    "processor time of the " + process + ", ms/image",
                    millis,
                    byValue.millisPerImage().get(process)));
    line(
        "highest resident memory of the augmenter, MB",
        byReference.peakResident() / MEGABYTE,
        byValue.peakResident() / MEGABYTE);
    line(
        "most bytes of objects held in it, MB",
        byReference.peakHeld() / MEGABYTE,
        byValue.peakHeld() / MEGABYTE);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("images", plan.imagesPerTurn() * plan.rounds());
    fields.put("latency_ms", plan.latency().toMillis());
    fields.put("by_reference", fields(byReference));
    fields.put("by_value", fields(byValue));
    fields.put("max_held", ByReferenceTestbed.MAX_TOTAL_BYTES);
    fields.put("met", byReference.peakHeld() <= ByReferenceTestbed.MAX_TOTAL_BYTES);
    report.result(ROW + "-resources", fields);
  }

  private void line(String name, double byReference, double byValue) {
    out.printf(Locale.ROOT, "%-42s %14.2f %10.2f%n", name, byReference, byValue);
  }

  private static Map<String, Object> fields(ByReferenceUsage usage) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("cpu_ms_per_image", usage.millisPerImage());
    fields.put("peak_resident", usage.peakResident());
    fields.put("peak_held", usage.peakHeld());
    return fields;
  }
}
