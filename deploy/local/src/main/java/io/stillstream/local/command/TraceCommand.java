package io.stillstream.local.command;

import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.local.exit.ExitCodes;
import io.stillstream.local.option.JsonOption;
import io.stillstream.local.terminal.LogDestination;
import io.stillstream.local.terminal.MessageStyle;
import io.stillstream.local.terminal.TerminalWriter;
import io.stillstream.local.trace.TraceImageWriter;
import io.stillstream.local.trace.TraceReport;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.trace.ImageTrace;
import io.stillstream.trainer.trace.ImageTraceBuilder;
import io.stillstream.trainer.trace.ImageTraceSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stillstream trace}. */
@Command(
    name = "trace",
    header = "Shows the history of one image.",
    description = {
      "Shows the trace of an image: raw record, views and recipes, teachers, steps, releases.",
      "Exit code 3: nothing is known of it."
    },
    footer = {
      "  stillstream trace photos/cat/1.jpg --config deploy/config/trainer.yaml",
      "  stillstream trace photos/cat/1.jpg --config deploy/config/trainer.yaml --json"
    })
public final class TraceCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final Duration SEARCH_PATIENCE = Duration.ofMinutes(10);

  @Parameters(paramLabel = "IMAGE_ID", description = "As in ImageEvent and in the records' keys.")
  private String imageId = "";

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "The trainer's settings: brokers, registry, topics, directory, student.")
  private Path config = Path.of("trainer.yaml");

  @Option(
      names = "--images-topic",
      paramLabel = "TOPIC",
      description = "Where to look for an image without views; default: from --config.")
  private Optional<String> images = Optional.empty();

  @Option(
      names = "--search",
      paramLabel = "N",
      description = "Look at the newest N records of each partition; default: 1000000.")
  private long search = 1_000_000;

  @Mixin private JsonOption json = new JsonOption();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Write the raw image and the views as files.")
  private Optional<Path> out = Optional.empty();

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    LogDestination.toConsole();
    if (search < 1) {
      throw new StartupException("--search must be at least 1, was " + search);
    }
    TrainerConfig settings = YamlSettings.load(config, TrainerConfig.class, System.getenv());
    ModelSpec student = ModelSpec.load(settings.student(), "student");
    KafkaSettings.requireBroker(settings.kafka(), PATIENCE);
    Optional<Path> directory = out.map(TraceCommand::made);
    Optional<ImageTrace> trace =
        trace(
            new ImageTraceBuilder(
                settings.trace(
                    images.orElse(settings.topics().images()),
                    student,
                    new ImageTraceSettings.Search(search, SEARCH_PATIENCE))));
    if (trace.isEmpty()) {
      TerminalWriter.of(spec.commandLine().getErr())
          .println(
              MessageStyle.WARNING,
              spec.qualifiedName() + ":",
              " nothing is known of an image %s: no such key among the newest %d records of each"
                      .formatted(imageId, search)
                  + " partition");
      return ExitCodes.PARTIAL;
    }
    print(trace.get());
    directory.ifPresent(where -> write(trace.get(), where));
    return ExitCodes.OK;
  }

  private Optional<ImageTrace> trace(ImageTraceBuilder builder) {
    try {
      return builder.trace(imageId);
    } catch (KafkaException e) {
      throw new CommandFailedException("its trace cannot be read: " + e.getMessage(), e);
    }
  }

  private void print(ImageTrace trace) {
    PrintWriter console = spec.commandLine().getOut();
    if (json.isGiven()) {
      JsonOption.print(console, trace);
    } else {
      TraceReport.lines(trace).forEach(console::println);
    }
  }

  private static void write(ImageTrace trace, Path directory) {
    try {
      new TraceImageWriter(directory).write(trace);
    } catch (IOException e) {
      throw new CommandFailedException("--out " + directory + ": " + e, e);
    }
  }

  private static Path made(Path directory) {
    try {
      return Files.createDirectories(directory);
    } catch (IOException e) {
      throw new StartupException("--out: cannot make the directory " + directory + ": " + e, e);
    }
  }
}
