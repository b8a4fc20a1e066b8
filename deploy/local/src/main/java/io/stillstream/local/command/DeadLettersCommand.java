package io.stillstream.local.command;

import io.stillstream.local.deadletter.DeadLetterDetails;
import io.stillstream.local.deadletter.DeadLetterFilter;
import io.stillstream.local.deadletter.DeadLetterJson;
import io.stillstream.local.deadletter.DeadLetterReader;
import io.stillstream.local.deadletter.DeadLetterRecord;
import io.stillstream.local.deadletter.DeadLetterReplayOutcome;
import io.stillstream.local.deadletter.DeadLetterReplayer;
import io.stillstream.local.deadletter.DeadLetterTable;
import io.stillstream.local.deadletter.ReplayTargets;
import io.stillstream.local.deadletter.ReplayedDeadLetters;
import io.stillstream.local.deadletter.TransactionalReplayProducer;
import io.stillstream.local.exit.ExitCodes;
import io.stillstream.local.option.JsonOption;
import io.stillstream.local.terminal.MessageStyle;
import io.stillstream.local.terminal.TaskProgress;
import io.stillstream.local.terminal.TerminalWriter;
import io.stillstream.local.topics.TopicRetention;
import io.stillstream.local.topics.TopicsConfig;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.kafka.MaxRecordSize;
import io.stillstream.schemas.topics.Topics;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stillstream dead-letters list|show|replay}. */
@Command(
    name = "dead-letters",
    header = "Lists, shows and replays dead letters.",
    description = "Shows what could not be processed, and sends it back when its cause is gone.",
    footer = {
      "  stillstream dead-letters list --since 2h --json",
      "  stillstream dead-letters replay --reason too_many_pixels --dry-run"
    })
public final class DeadLettersCommand {
  private static final List<String> DATA =
      List.of(Topics.IMAGES, Topics.VIEWS, Topics.LABELED_VIEWS);

  @Mixin private TopicsOptions topics = new TopicsOptions();

  @Spec private CommandSpec spec;

  private final InstantSource clock = InstantSource.system();

  @Command(
      name = "list",
      description = "Shows letters, and how many there are of each reason.",
      footer = {
        "  stillstream dead-letters list --config deploy/config/topics.yaml --since 2h",
        "  stillstream dead-letters list --service augmenter --limit 10 --json"
      })
  int list(@Mixin DeadLetterOptions which, @Mixin JsonOption json) {
    TopicsConfig config = begin();
    ReplayedDeadLetters marks = marks(config);
    DeadLetterTable table = new DeadLetterTable();
    DeadLetterReader log = log(config);
    DeadLetterFilter filter = which.filter(clock.instant());
    try (TaskProgress progress = progress()) {
      log.read(
          filter,
          which.limit(),
          progress,
          letter -> {
            boolean replayed = marks.of(letter).isPresent();
            if (json.isGiven()) {
              progress.clear();
              JsonOption.print(out(), DeadLetterJson.of(letter, replayed));
            } else {
              table.add(letter, replayed);
            }
          });
    }
    if (!json.isGiven()) {
      table.lines().forEach(out()::println);
    }
    return ExitCodes.OK;
  }

  @Command(
      name = "show",
      description = "Shows one dead letter with its headers and its content.",
      footer = "  stillstream dead-letters show 17 --out image.png")
  int show(
      @Parameters(paramLabel = "OFFSET", description = "Of the letter; see list.") long offset,
      @Option(names = "--partition", paramLabel = "P", defaultValue = "0") int partition,
      @Option(
              names = "--out",
              paramLabel = "FILE",
              description = "Write the picture, or the bytes that should have held one.")
          Optional<Path> file)
      throws IOException {
    TopicsConfig config = begin();
    List<DeadLetterRecord> found = new ArrayList<>();
    DeadLetterFilter filter = DeadLetterFilter.at(partition, offset);
    try (TaskProgress progress = progress()) {
      long unused = log(config).read(filter, 1, progress, found::add);
    }
    if (found.isEmpty()) {
      TerminalWriter.of(spec.commandLine().getErr())
          .println(
              MessageStyle.WARNING,
              spec.qualifiedName() + " show:",
              " there is no letter at %s-%d@%d"
                  .formatted(config.nameOf(Topics.DEAD_LETTERS), partition, offset));
      return ExitCodes.PARTIAL;
    }
    DeadLetterDetails details = DeadLetterDetails.of(config.kafka(), found.get(0));
    details.lines().forEach(out()::println);
    if (file.isEmpty()) {
      return ExitCodes.OK;
    }
    if (details.file().isEmpty()) {
      out().println("nothing to write to " + file.get());
      return ExitCodes.PARTIAL;
    }
    Files.write(file.get(), details.file().get());
    out().printf("%s: %s%n", file.get(), details.what());
    return ExitCodes.OK;
  }

  @Command(
      name = "replay",
      description = {
        "Sends dead letters back to the topics that they came from, each once.",
        "Exit code 3: some could not be sent back."
      },
      footer = {
        "  stillstream dead-letters replay --reason too_many_pixels --dry-run",
        "  stillstream dead-letters replay --all --max-attempts 5"
      })
  int replay(
      @Mixin DeadLetterOptions which,
      @Option(names = "--all", description = "All letters; needed if nothing else says which.")
          boolean all,
      @Option(names = "--dry-run", description = "Only say what would be done.") boolean dry,
      @Option(names = "--again", description = "Also dead letters that were replayed before.")
          boolean again,
      @Option(
              names = "--max-attempts",
              paramLabel = "N",
              defaultValue = "3",
              description = "Leave dead letters alone that were tried N times; default: 3.")
          int maxAttempts,
      @Mixin JsonOption json) {
    DeadLetterFilter filter = which.filter(clock.instant());
    if (filter.isOpen() && !all) {
      throw new StartupException("say which letters: --reason, --since, --offset, … or --all");
    }
    if (maxAttempts < 1) {
      throw new StartupException("--max-attempts must be at least 1, was " + maxAttempts);
    }
    TopicsConfig config = begin();
    DeadLetterReplayer.Rules rules = new DeadLetterReplayer.Rules(maxAttempts, again);
    DeadLetterReplayReport report =
        new DeadLetterReplayReport(out(), spec.commandLine().getErr(), json.isGiven());
    try (TaskProgress progress = progress();
        DeadLetterReplayer replaying =
            replaying(
                config,
                rules,
                dry,
                outcome -> {
                  progress.clear();
                  report.add(outcome);
                })) {
      long unused = log(config).read(filter, which.limit(), progress, replaying::add);
      progress.clear();
      replaying.flush();
    }
    report.sum(dry);
    return report.isWhole() ? ExitCodes.OK : ExitCodes.PARTIAL;
  }

  private DeadLetterReplayer replaying(
      TopicsConfig config,
      DeadLetterReplayer.Rules rules,
      boolean dry,
      Consumer<DeadLetterReplayOutcome> report) {
    Optional<TransactionalReplayProducer> transaction = Optional.empty();
    if (!dry) {
      TopicsOptions.require(config, List.of(Topics.DEAD_LETTER_REPLAYS));
      // Before the marks are read: no other replay can add one from then on.
      transaction =
          Optional.of(
              new TransactionalReplayProducer(
                  config.kafka(), TransactionalReplayProducer.id(config)));
    }
    return new DeadLetterReplayer(
        config.kafka(), transaction, marks(config), targets(config), rules, clock, report);
  }

  private static ReplayTargets targets(TopicsConfig config) {
    Map<String, Boolean> allowed = new TreeMap<>();
    DATA.forEach(name -> allowed.put(config.nameOf(name), config.isReplayed(name)));
    int largest =
        new ProducerConfig(KafkaSettings.producer(config.kafka(), Map.of()))
            .getInt(ProducerConfig.MAX_REQUEST_SIZE_CONFIG);
    return new ReplayTargets(allowed, topic -> MaxRecordSize.of(topic, config.kafka(), largest));
  }

  private TopicsConfig begin() {
    TopicsConfig config = topics.read();
    TopicsOptions.require(config, List.of(Topics.DEAD_LETTERS));
    return config;
  }

  private static DeadLetterReader log(TopicsConfig config) {
    return new DeadLetterReader(config.kafka(), config.nameOf(Topics.DEAD_LETTERS));
  }

  /** Where nothing was ever replayed, there may be no such topic. */
  private static ReplayedDeadLetters marks(TopicsConfig config) {
    String topic = config.nameOf(Topics.DEAD_LETTER_REPLAYS);
    try (TopicRetention.Reader broker = new TopicRetention.Reader(config.kafka())) {
      return broker.topics().contains(topic)
          ? ReplayedDeadLetters.read(config.kafka(), topic)
          : ReplayedDeadLetters.none();
    }
  }

  private TaskProgress progress() {
    return new TaskProgress(
        TerminalWriter.of(spec.commandLine().getErr()), "records", System::nanoTime);
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
