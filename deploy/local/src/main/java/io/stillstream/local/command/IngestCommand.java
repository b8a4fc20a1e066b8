package io.stillstream.local.command;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.local.exit.ExitCodes;
import io.stillstream.local.ingest.IngestProgressPrinter;
import io.stillstream.local.ingest.IngestRun;
import io.stillstream.local.option.ClientSettings;
import io.stillstream.local.terminal.LogDestination;
import io.stillstream.local.terminal.TerminalWriter;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.records.TraceContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stillstream ingest}. */
@Command(
    name = "ingest",
    description = {
      "Sends a folder of images, or an idx file, to the images topic.",
      "Labels: the first sub-folder's name, or --labels. Exit code 3: some files were skipped."
    })
public final class IngestCommand implements Callable<Integer> {
  @Parameters(paramLabel = "PATH", description = "Folder, or idx file (.gz too).")
  private Path path = Path.of(".");

  @Option(
      names = "--bootstrap-server",
      paramLabel = "HOST:PORT",
      description = "Brokers; default: from --config, else localhost:9092.")
  private Optional<String> bootstrapServer = Optional.empty();

  @Option(
      names = "--schema-registry",
      paramLabel = "URL",
      description = "Default: from --config, else http://localhost:8081.")
  private Optional<String> schemaRegistry = Optional.empty();

  @Option(names = "--topic", defaultValue = "images", description = "Default: ${DEFAULT-VALUE}.")
  private String topic = "images";

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "CSV with file,label for a folder; for an idx file the idx file of labels.")
  private Optional<Path> labels = Optional.empty();

  @Option(
      names = "--masks",
      paramLabel = "DIR",
      description =
          "For a folder: masks as PNG files of class indices, 255 where no class counts; DIR/a/b.png"
              + " is the mask of a/b.jpg.")
  private Optional<Path> masks = Optional.empty();

  @Option(names = "--rate", paramLabel = "R", description = "At most R images a second.")
  private double rate = Double.POSITIVE_INFINITY;

  @Option(names = "--resume", description = "Go on after what the broker took in an earlier run.")
  private boolean resume;

  @Option(
      names = "--state",
      paramLabel = "FILE",
      description = "Where --resume remembers its start; default: PATH.ingest.json.")
  private Optional<Path> state = Optional.empty();

  @Option(
      names = "--source",
      paramLabel = "NAME",
      description = "Name of the source, in every image id; default: the folder's name.")
  private Optional<String> source = Optional.empty();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "YAML with kafka: settings of clients and serializer.")
  private Optional<Path> config = Optional.empty();

  @Option(
      names = "--traceparent",
      paramLabel = "VALUE",
      defaultValue = "${env:TRACEPARENT}",
      description = {
        "Trace that the images belong to, as W3C Trace Context writes it; default: the",
        "environment's TRACEPARENT, else each image begins its own."
      })
  private Optional<String> traceparent = Optional.empty();

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    LogDestination.toConsole();
    if (!(rate > 0)) {
      throw new StartupException("--rate must be above 0, was " + rate);
    }
    Map<String, String> kafka = ClientSettings.read(config, bootstrapServer, schemaRegistry);
    KafkaSettings.requireBroker(kafka, Duration.ofSeconds(15));
    KafkaSettings.requireTopics(kafka, List.of(topic), Duration.ofSeconds(15));
    Path absolute = path.toAbsolutePath().normalize();
    String name = source.orElse(absolute.getFileName().toString());
    Path resumeFile =
        state.orElse(absolute.resolveSibling(absolute.getFileName() + ".ingest.json"));
    TerminalWriter out = TerminalWriter.of(spec.commandLine().getOut());
    IngestProgressPrinter report =
        new IngestProgressPrinter(
            out, TerminalWriter.of(spec.commandLine().getErr()), TerminalWriter.isTerminal());
    IngestRun.Result result =
        new IngestRun(kafka, topic, name, rate, trace(), report)
            .run(absolute, labels, masks, resumeFile, resume, new SimpleMeterRegistry());
    report.end();
    out.printf(
        "%d images sent to %s, %d were there before, %d files skipped%n",
        result.sent(), topic, result.before(), result.skipped());
    return result.skipped() == 0 ? ExitCodes.OK : ExitCodes.PARTIAL;
  }

  /** What is malformed counts as none, as the recommendation has it. */
  private Optional<TraceContext> trace() {
    return traceparent.flatMap(
        value -> {
          Optional<TraceContext> trace =
              TraceContext.parse(
                  value, Optional.ofNullable(System.getenv("TRACESTATE")).orElse(""));
          if (trace.isEmpty()) {
            spec.commandLine()
                .getErr()
                .println("--traceparent: ignored, as it is no trace context: " + value);
          }
          return trace;
        });
  }
}
