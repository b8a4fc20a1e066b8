package io.stillstream.bench.checkpoint;

import com.fasterxml.jackson.databind.node.NullNode;
import io.stillstream.bench.checkpoint.CheckpointBenchmark.Result;
import io.stillstream.bench.machine.DirectoryOption;
import io.stillstream.bench.machine.MachineInfo;
import io.stillstream.bench.report.BenchmarkReport;
import io.stillstream.trainer.training.buffer.BufferKind;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What checkpoints of a large replay buffer write. */
@Command(
    name = "checkpoint",
    description = {
      "Fills a replay buffer, feeds it as a stream would between two checkpoints, and tells how many",
      "bytes each checkpoint writes, and how long that takes beside a plain write of as many bytes."
    })
public final class CheckpointCommand implements Callable<Integer> {
  private static final String BENCH = "checkpoint";
  private static final double TARGET = 0.1;
  private static final double MEGABYTE = 1 << 20;

  @Option(
      names = "--views",
      defaultValue = "20000",
      paramLabel = "N",
      description = "Views in the buffer; default ${DEFAULT-VALUE}.")
  private int views;

  @Option(
      names = "--bytes",
      defaultValue = "3072",
      paramLabel = "N",
      description = "Bytes of the pixels of a view; default ${DEFAULT-VALUE}.")
  private int bytes;

  @Option(
      names = "--kind",
      defaultValue = "reservoir",
      paramLabel = "KIND",
      description = "Of the buffer: ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  private BufferKind kind;

  @Option(
      names = "--seen",
      paramLabel = "N",
      description =
          "Views that have come by before the first checkpoint: a reservoir takes the fewer of those"
              + " to come; default ten times --views.")
  private Optional<Long> seen = Optional.empty();

  @Option(
      names = "--rate",
      defaultValue = "400",
      paramLabel = "N",
      description = "Fresh views per second; default ${DEFAULT-VALUE}.")
  private int rate;

  @Option(
      names = "--every",
      defaultValue = "30",
      paramLabel = "S",
      description = "Seconds between two checkpoints, not waited for; default ${DEFAULT-VALUE}.")
  private int every;

  @Option(
      names = "--checkpoints",
      defaultValue = "100",
      paramLabel = "N",
      description = "How many are written after the first one; default ${DEFAULT-VALUE}.")
  private int checkpoints;

  @Mixin private DirectoryOption directory;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    require(views >= 1, "--views must be at least 1, was " + views);
    require(bytes >= 1, "--bytes must be at least 1, was " + bytes);
    require(rate >= 0, "--rate must not be negative, was " + rate);
    require(every >= 1, "--every must be at least 1, was " + every);
    require(checkpoints >= 1, "--checkpoints must be at least 1, was " + checkpoints);
    long before = seen.orElse(10L * views);
    require(before >= views, "--seen must be at least --views, was " + before);
    directory.validate();
    CheckpointBenchmark benchmark =
        new CheckpointBenchmark(kind, views, bytes, before, (long) rate * every);
    directory.run(path -> report(benchmark.run(path, checkpoints)));
    return 0;
  }

  private void require(boolean good, String message) {
    if (!good) {
      throw new ParameterException(spec.commandLine(), message);
    }
  }

  private void report(Result result) {
    PrintWriter out = spec.commandLine().getOut();
    double buffer = (double) result.bufferBytes();
    double ratio = result.medianBytes() / buffer;
    line(out, "buffer", "%.1f MB in %,d views", buffer / MEGABYTE, views);
    line(out, "first checkpoint", "%.2f s", result.firstSeconds());
    line(
        out,
        "fresh between checkpoints",
        "%,d views, of which %.0f enter the buffer",
        (long) rate * every,
        result.medianEntered());
    line(
        out,
        "written per checkpoint",
        "median %.1f MB, %.2f %% of the buffer (target %.0f %%: %s)",
        result.medianBytes() / MEGABYTE,
        100 * ratio,
        100 * TARGET,
        ratio <= TARGET ? "met" : "MISSED");
    line(out, "  per minute", "%.1f MB", result.meanBytes() / MEGABYTE * 60 / every);
    line(out, "  at most", "%.2f %%", 100 * result.mostBytes() / buffer);
    line(out, "  on average", "%.2f %%", 100 * result.meanBytes() / buffer);
    line(
        out,
        "seconds per checkpoint",
        "median %.3f; as many bytes in one file, flushed %.3f",
        result.medianSeconds(),
        result.medianPlainSeconds());
    line(
        out,
        "on disk",
        "at most %.1f MB, %.2f times the buffer, in %d segments",
        result.mostOnDisk() / MEGABYTE,
        result.mostOnDisk() / buffer,
        result.mostSegments());
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("kind", kind.name().toLowerCase(Locale.ROOT));
    fields.put("views", views);
    fields.put("bytes", bytes);
    fields.put("fresh", (long) rate * every);
    fields.put("checkpoints", checkpoints);
    fields.put("bytes_per_minute", result.meanBytes() * 60 / every);
    fields.put("ratio", ratio);
    fields.put("target", TARGET);
    fields.put("met", ratio <= TARGET);
    fields.put("result", result);
    new BenchmarkReport(out, BENCH, "", MachineInfo.facts(NullNode.getInstance()))
        .result(BENCH, fields);
  }

  private static void line(PrintWriter out, String name, String format, Object... values) {
    out.printf(Locale.ROOT, "%-28s %s%n", name, String.format(Locale.ROOT, format, values));
  }
}
