package io.stillstream.local.command.policy;

import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.local.exit.ExitCodes;
import io.stillstream.local.option.JsonOption;
import io.stillstream.local.replay.ReplayImageWriter;
import io.stillstream.local.replay.ReplayReport;
import io.stillstream.local.replay.ReplayRun;
import io.stillstream.local.replay.ReplayedView;
import io.stillstream.local.replay.ViewReplayOutcome.Status;
import io.stillstream.local.replay.ViewSelection;
import io.stillstream.local.terminal.LogDestination;
import io.stillstream.local.terminal.MessageStyle;
import io.stillstream.local.terminal.TaskProgress;
import io.stillstream.local.terminal.TerminalWriter;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.lookup.RecordNotFoundException;
import io.stillstream.schemas.topics.TopicPrefix;
import io.stillstream.schemas.topics.Topics;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code stillstream replay}. */
@Command(
    name = "replay",
    header = "Makes recorded views again and compares them.",
    description = {
      "Makes recorded views again from their raw images and recipes, and compares bit for bit.",
      "Exit code 0: all equal; 1: some differ; 3: some could not be compared, since a record is"
          + " gone, or an image by reference could not be fetched as it was."
    },
    footer = {
      "  stillstream replay --config deploy/config/augmenter.yaml \\",
      "      --image-id photos/cat/1.jpg --out views/",
      "  stillstream replay --config deploy/config/augmenter.yaml --all --limit 1000"
    })
public final class ReplayCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "The augmenter's settings: brokers, registry, topics.")
  private Path config = Path.of("augmenter.yaml");

  @Option(
      names = "--topic",
      paramLabel = "TOPIC",
      description =
          "Of views or labelled views; default: the settings' views, and labeled-views where an"
              + " image is not found there.")
  private Optional<String> topic = Optional.empty();

  @Option(names = "--partition", paramLabel = "P", description = "With --offset: the view there.")
  private Optional<Integer> partition = Optional.empty();

  @Option(names = "--offset", paramLabel = "O", description = "With --partition.")
  private Optional<Long> offset = Optional.empty();

  @Option(names = "--image-id", paramLabel = "ID", description = "All views of an image.")
  private Optional<String> imageId = Optional.empty();

  @Option(names = "--view", paramLabel = "N", description = "With --image-id: only this view.")
  private Optional<Integer> view = Optional.empty();

  @Option(names = "--all", description = "Every view of the topic; tells of those that differ.")
  private boolean all;

  @Option(names = "--limit", paramLabel = "N", description = "With --all: the first N views.")
  private Optional<Long> limit = Optional.empty();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Write raw image, recorded and replayed view; with --all of those that differ.")
  private Optional<Path> out = Optional.empty();

  @Mixin private JsonOption json = new JsonOption();

  @Spec private CommandSpec spec;

  private final Map<Status, Long> counts = new EnumMap<>(Status.class);

  @Override
  public Integer call() {
    LogDestination.toConsole();
    ViewSelection selection = selection();
    AugmenterConfig settings = YamlSettings.load(config, AugmenterConfig.class, System.getenv());
    String policyHash = Policy.parse(settings.policy()).hash();
    KafkaSettings.requireBroker(settings.kafka(), PATIENCE);
    String first = topic.orElse(settings.topics().views());
    KafkaSettings.requireTopics(settings.kafka(), List.of(first), PATIENCE);
    Optional<ReplayImageWriter> files = out.map(ReplayCommand::files);
    List<String> topics =
        topic.isPresent() || !(selection instanceof ViewSelection.ByImage)
            ? List.of(first)
            : List.of(
                first, new TopicPrefix(settings.topics().prefix()).nameOf(Topics.LABELED_VIEWS));
    long found;
    try (TaskProgress progress = new TaskProgress(err(), "records", System::nanoTime);
        ReplayRun replay = new ReplayRun(settings, progress)) {
      found =
          replay.run(
              selection,
              topics,
              replayed -> {
                progress.clear();
                take(replayed, policyHash, files);
              });
    } catch (RecordNotFoundException e) {
      return nothing("view " + e.getMessage());
    }
    if (found == 0) {
      return nothing("there is no such view in " + String.join(", ", topics));
    }
    // With JSON, stdout has the views only.
    PrintWriter console =
        json.isGiven() ? spec.commandLine().getErr() : spec.commandLine().getOut();
    console.printf(
        "%d views: %d equal, %d different, %d lost%s%n",
        found, count(Status.EQUAL), count(Status.DIFFERENT), count(Status.LOST), unfetched());
    if (count(Status.DIFFERENT) > 0) {
      return ExitCodes.DIED;
    }
    return count(Status.EQUAL) < found ? ExitCodes.PARTIAL : ExitCodes.OK;
  }

  /** What only images by reference can be, where any are. */
  private String unfetched() {
    return counts.entrySet().stream()
        .filter(entry -> entry.getKey().compareTo(Status.LOST) > 0)
        .map(entry -> ", %d %s".formatted(entry.getValue(), entry.getKey().text()))
        .collect(Collectors.joining());
  }

  private void take(ReplayedView replayed, String policyHash, Optional<ReplayImageWriter> files) {
    counts.merge(replayed.outcome().status(), 1L, Long::sum);
    if (all && replayed.outcome().status() == Status.EQUAL) {
      return;
    }
    TerminalWriter console = TerminalWriter.of(spec.commandLine().getOut());
    if (json.isGiven()) {
      JsonOption.print(console, ReplayReport.document(replayed));
    } else {
      List<String> lines = ReplayReport.lines(replayed, policyHash);
      lines.subList(0, lines.size() - 1).forEach(console::println);
      Status status = replayed.outcome().status();
      console.println(
          status == Status.EQUAL
              ? MessageStyle.OK
              : status == Status.DIFFERENT ? MessageStyle.ERROR : MessageStyle.WARNING,
          status.text(),
          lines.get(lines.size() - 1).substring(status.text().length()));
      console.println();
    }
    if (files.isPresent()) {
      try {
        files.get().write(replayed);
      } catch (IOException e) {
        throw new CommandFailedException("--out " + out.orElseThrow() + ": " + e, e);
      }
    }
  }

  private int nothing(String why) {
    err().println(MessageStyle.WARNING, spec.qualifiedName() + ":", " " + why);
    return ExitCodes.PARTIAL;
  }

  private TerminalWriter err() {
    return TerminalWriter.of(spec.commandLine().getErr());
  }

  private long count(Status status) {
    return counts.getOrDefault(status, 0L);
  }

  private ViewSelection selection() {
    try {
      return ViewSelection.of(partition, offset, imageId, view, all, limit);
    } catch (IllegalArgumentException e) {
      throw new StartupException(e.getMessage(), e);
    }
  }

  private static ReplayImageWriter files(Path directory) {
    try {
      return new ReplayImageWriter(Files.createDirectories(directory));
    } catch (IOException e) {
      throw new StartupException("--out: cannot make the directory " + directory + ": " + e, e);
    }
  }
}
