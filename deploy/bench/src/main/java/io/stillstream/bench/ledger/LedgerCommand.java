package io.stillstream.bench.ledger;

import com.fasterxml.jackson.databind.node.NullNode;
import io.stillstream.bench.ledger.LedgerBenchmark.Round;
import io.stillstream.bench.machine.DirectoryOption;
import io.stillstream.bench.machine.MachineInfo;
import io.stillstream.bench.report.BenchmarkReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What a long ledger costs. */
@Command(
    name = "ledger",
    description = {
      "Writes a long ledger and a short one, and compares what a start of the trainer does with",
      "each, and how long it takes to find the steps of a record. Both take turns in one run."
    })
public final class LedgerCommand implements Callable<Integer> {
  private static final String BENCH = "ledger";
  private static final double TARGET = 2;
  private static final double MEGABYTE = 1 << 20;

  @Option(
      names = "--bytes",
      defaultValue = "1000000000",
      paramLabel = "N",
      description = "Of the long ledger, before compression; default ${DEFAULT-VALUE}.")
  private long bytes;

  @Option(
      names = "--short-bytes",
      defaultValue = "70000000",
      paramLabel = "N",
      description = "Of the short one; default ${DEFAULT-VALUE}.")
  private long shortBytes;

  @Option(
      names = "--segment-bytes",
      defaultValue = "33554432",
      paramLabel = "N",
      description = "Of a segment, as ledger.segment-bytes; default ${DEFAULT-VALUE}.")
  private long segmentBytes;

  @Option(
      names = "--rounds",
      defaultValue = "5",
      paramLabel = "N",
      description = "How often each is measured; default ${DEFAULT-VALUE}.")
  private int rounds;

  @Mixin private DirectoryOption directory;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    require(segmentBytes >= 4096, "--segment-bytes must be at least 4096, was " + segmentBytes);
    require(
        shortBytes >= segmentBytes,
        "--short-bytes must be at least --segment-bytes, was " + shortBytes);
    require(bytes >= shortBytes, "--bytes must be at least --short-bytes, was " + bytes);
    require(rounds >= 1, "--rounds must be at least 1, was " + rounds);
    directory.validate();
    directory.run(this::measure);
    return 0;
  }

  private void require(boolean good, String message) {
    if (!good) {
      throw new ParameterException(spec.commandLine(), message);
    }
  }

  private void measure(Path root) throws IOException {
    LedgerBenchmark small = LedgerBenchmark.create(root.resolve("short"), shortBytes, segmentBytes);
    LedgerBenchmark large = LedgerBenchmark.create(root.resolve("long"), bytes, segmentBytes);
    List<Round> ofSmall = new ArrayList<>();
    List<Round> ofLarge = new ArrayList<>();
    // The first turn of each does not count.
    for (int i = 0; i <= rounds; i++) {
      Round one = small.round();
      Round other = large.round();
      if (i > 0) {
        ofSmall.add(one);
        ofLarge.add(other);
      }
    }
    report(small, large, ofSmall, ofLarge);
  }

  private void report(
      LedgerBenchmark small, LedgerBenchmark large, List<Round> ofSmall, List<Round> ofLarge)
      throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    Map<String, Object> fields = new LinkedHashMap<>();
    size(out, "short ledger", small);
    size(out, "long ledger", large);
    out.printf(Locale.ROOT, "%-28s %10s %10s %8s%n", "seconds", "short", "long", "ratio");
    double ratio = row(out, fields, "start", ofSmall, ofLarge, Round::start);
    double unused = row(out, fields, "oldest", ofSmall, ofLarge, Round::oldest);
    unused = row(out, fields, "middle", ofSmall, ofLarge, Round::middle);
    unused = row(out, fields, "newest", ofSmall, ofLarge, Round::newest);
    out.printf(
        Locale.ROOT,
        "target of start: ratio %.1f, %s%n",
        TARGET,
        ratio <= TARGET ? "met" : "MISSED");
    fields.put("short_bytes", small.length());
    fields.put("long_bytes", large.length());
    fields.put("long_on_disk", large.bytesOnDisk());
    fields.put("segments", large.segments());
    fields.put("ratio", ratio);
    fields.put("target", TARGET);
    fields.put("met", ratio <= TARGET);
    new BenchmarkReport(out, BENCH, "", MachineInfo.facts(NullNode.getInstance()))
        .result(BENCH, fields);
  }

  private static void size(PrintWriter out, String name, LedgerBenchmark ledger)
      throws IOException {
    out.printf(
        Locale.ROOT,
        "%-28s %.0f MB in %d segments and the open file, %.0f MB on disk%n",
        name,
        ledger.length() / MEGABYTE,
        ledger.segments(),
        ledger.bytesOnDisk() / MEGABYTE);
  }

  /** The ratio of medians. */
  private static double row(
      PrintWriter out,
      Map<String, Object> fields,
      String name,
      List<Round> ofSmall,
      List<Round> ofLarge,
      ToDoubleFunction<Round> value) {
    List<Double> small = ofSmall.stream().map(value::applyAsDouble).toList();
    List<Double> large = ofLarge.stream().map(value::applyAsDouble).toList();
    double one = LedgerBenchmark.median(small);
    double other = LedgerBenchmark.median(large);
    out.printf(
        Locale.ROOT,
        "%-28s %10.3f %10.3f %8.2f%n",
        name.equals("start") ? name : "find the " + name + " record",
        one,
        other,
        other / one);
    fields.put(name + "_short", small);
    fields.put(name + "_long", large);
    return other / one;
  }
}
