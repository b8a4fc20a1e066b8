package io.stillstream.bench.page;

import com.fasterxml.jackson.databind.node.NullNode;
import io.stillstream.bench.machine.MachineInfo;
import io.stillstream.bench.machine.ProcessCpuTime;
import io.stillstream.bench.machine.ScratchDirectory;
import io.stillstream.bench.report.BenchmarkReport;
import io.stillstream.embedded.LoopbackPorts;
import io.stillstream.embedded.process.MetricsScrape;
import io.stillstream.local.broker.StateDirectory;
import io.stillstream.local.demo.Demo;
import io.stillstream.local.demo.settings.DemoSettings;
import io.stillstream.local.demo.settings.PersistedDemoSettings;
import io.stillstream.local.terminal.TerminalProgress;
import io.stillstream.local.terminal.TerminalWriter;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.answer.ModelTask;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What the live page takes of the process that it is about. */
@Command(
    name = "page",
    description = {
      "Runs the demo's pipeline with its live page open, and tells which share of the processor's",
      "time the page's own threads take, and whether memory grows."
    })
public final class PageCommand implements Callable<Integer> {
  private static final String BENCH = "page";
  private static final double TARGET = 0.02;
  private static final double MEGABYTE = 1 << 20;
  private static final Duration START = Duration.ofMinutes(3);
  private static final Duration LOOK = Duration.ofMillis(250);

  @Option(
      names = "--minutes",
      defaultValue = "5",
      paramLabel = "M",
      description = "How long it is measured, after a warm-up; default ${DEFAULT-VALUE}.")
  private double minutes;

  @Option(
      names = "--warm-up",
      defaultValue = "60",
      paramLabel = "S",
      description = "Seconds that do not count; default ${DEFAULT-VALUE}.")
  private int warmUp;

  @Option(
      names = "--readers",
      defaultValue = "1",
      paramLabel = "N",
      description = "How many have the page open; default ${DEFAULT-VALUE}.")
  private int readers;

  @Spec private CommandSpec spec;

  private final HttpClient client = HttpClient.newHttpClient();

  @Override
  public Integer call() throws Exception {
    require(minutes > 0, "--minutes must be positive, was " + minutes);
    require(warmUp >= 0, "--warm-up must not be negative, was " + warmUp);
    require(readers >= 0 && readers <= 16, "--readers must be within 0 and 16, was " + readers);
    try (ScratchDirectory scratch = ScratchDirectory.create();
        StateDirectory state = StateDirectory.open(scratch.path())) {
      int port = LoopbackPorts.free(0, "management");
      Demo demo =
          new Demo(
              settings(port),
              state,
              new TerminalProgress(
                  new TerminalWriter(Writer.nullWriter()), false, System::nanoTime),
              System::nanoTime);
      CompletableFuture<Void> run = CompletableFuture.runAsync(demo::run);
      try {
        measure(port, run);
      } finally {
        demo.stop();
      }
      run.join();
    }
    return 0;
  }

  private void require(boolean good, String message) {
    if (!good) {
      throw new ParameterException(spec.commandLine(), message);
    }
  }

  private static DemoSettings settings(int port) {
    Path home = Path.of(System.getProperty("stillstream.home", "")).toAbsolutePath().normalize();
    return new DemoSettings(
        home,
        PersistedDemoSettings.defaults(ModelTask.CLASSIFICATION),
        OptionalLong.empty(),
        false,
        new DemoSettings.Ports(0, 0, port),
        false);
  }

  private void measure(int port, CompletableFuture<Void> run) throws Exception {
    awaitPage(port, run);
    ThreadGroup group = new ThreadGroup("readers");
    List<PageStreamReader> open = new ArrayList<>();
    try {
      for (int i = 0; i < readers; i++) {
        open.add(PageStreamReader.open(port, group));
      }
      pause(Duration.ofSeconds(warmUp), open, run);
      ProcessCpuTime processors = new ProcessCpuTime(group);
      double bufferBefore = metric(port, "student_buffer_bytes");
      PageResourceUsage before = PageResourceUsage.now(processors);
      pause(Duration.ofMillis(Math.round(minutes * 60_000)), open, run);
      PageResourceUsage after = PageResourceUsage.now(processors);
      report(before, after, metric(port, "student_buffer_bytes") - bufferBefore, open);
    } finally {
      for (PageStreamReader reader : open) {
        reader.close();
      }
    }
  }

  private void awaitPage(int port, CompletableFuture<Void> run) throws Exception {
    long end = System.nanoTime() + START.toNanos();
    while (!Double.isFinite(metric(port, "student_buffer_bytes"))) {
      if (run.isDone()) {
        run.join();
      }
      if (System.nanoTime() > end) {
        throw new StartupException(
            "the demo has trained nothing within " + START.toSeconds() + " s");
      }
      TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
    }
  }

  private static void pause(Duration time, List<PageStreamReader> open, CompletableFuture<Void> run)
      throws Exception {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end) {
      if (run.isDone()) {
        run.join();
        throw new StartupException("the demo has ended");
      }
      if (open.stream().anyMatch(PageStreamReader::hasEnded)) {
        throw new StartupException("a reader of the page was disconnected");
      }
      TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
    }
  }

  /** NaN while there is none, or no answer. */
  private double metric(int port, String name) throws InterruptedException {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build();
      MetricsScrape scrape =
          MetricsScrape.parse(client.send(request, BodyHandlers.ofString()).body());
      return scrape.has(name) ? scrape.sum(name) : Double.NaN;
    } catch (IOException e) {
      return Double.NaN;
    }
  }

  private void report(
      PageResourceUsage before,
      PageResourceUsage after,
      double buffered,
      List<PageStreamReader> open) {
    double seconds = (after.nanos() - before.nanos()) / 1e9;
    double process = (after.process() - before.process()) / 1e9;
    double share = (after.page() - before.page()) / 1e9 / process;
    double withPredictions = share + (after.predictor() - before.predictor()) / 1e9 / process;
    double heap = after.heap() - before.heap() - buffered;
    double resident = (double) after.memory().resident() - before.memory().resident();
    long events = open.stream().mapToLong(PageStreamReader::events).sum();
    PrintWriter out = spec.commandLine().getOut();
    line(out, "processor time of the process", "%.1f s in %.1f s", process, seconds);
    line(out, "share of the page's threads", "%.2f %%", 100 * share);
    line(out, "  predictions for it included", "%.2f %%", 100 * withPredictions);
    line(out, "heap after collection", "%+.1f MB", (after.heap() - before.heap()) / MEGABYTE);
    line(out, "  without the replay buffer", "%+.1f MB", heap / MEGABYTE);
    line(out, "resident memory", "%+.1f MB", resident / MEGABYTE);
    line(out, "events to readers", "%d", events);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("readers", readers);
    fields.put("seconds", seconds);
    fields.put("share", share);
    fields.put("share_with_predictions", withPredictions);
    fields.put("target", TARGET);
    fields.put("met", share < TARGET);
    fields.put("process_seconds", process);
    fields.put("heap_before", before.heap());
    fields.put("heap_after", after.heap());
    fields.put("buffer_growth", buffered);
    fields.put("resident_before", before.memory().resident());
    fields.put("resident_after", after.memory().resident());
    fields.put("events", events);
    fields.put("characters", open.stream().mapToLong(PageStreamReader::characters).sum());
    new BenchmarkReport(out, BENCH, "", MachineInfo.facts(NullNode.getInstance()))
        .result(BENCH, fields);
  }

  private static void line(PrintWriter out, String name, String format, Object... values) {
    out.printf(Locale.ROOT, "%-32s %s%n", name, String.format(Locale.ROOT, format, values));
  }
}
