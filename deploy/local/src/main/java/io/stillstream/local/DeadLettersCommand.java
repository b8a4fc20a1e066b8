package io.stillstream.local;

import io.stillstream.local.forget.Keeping;
import io.stillstream.local.letters.Details;
import io.stillstream.local.letters.Fate;
import io.stillstream.local.letters.Letter;
import io.stillstream.local.letters.LetterFilter;
import io.stillstream.local.letters.LetterJson;
import io.stillstream.local.letters.LetterLog;
import io.stillstream.local.letters.LetterTable;
import io.stillstream.local.letters.ReplayMarks;
import io.stillstream.local.letters.Replaying;
import io.stillstream.local.letters.Targets;
import io.stillstream.local.topics.TopicsConfig;
import io.stillstream.runtime.KafkaSettings;
import io.stillstream.runtime.MaxRecordSize;
import io.stillstream.runtime.StartupException;
import io.stillstream.schemas.Topics;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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
    description = "Shows what could not be processed, and sends it back when its cause is gone.")
final class DeadLettersCommand {
  private static final List<String> DATA =
      List.of(Topics.IMAGES, Topics.VIEWS, Topics.LABELED_VIEWS);

  @Mixin private TopicsOptions topics = new TopicsOptions();

  @Spec private CommandSpec spec;

  private final InstantSource clock = InstantSource.system();
  private final Map<Fate.Kind, Long> counts = new EnumMap<>(Fate.Kind.class);

  @Command(name = "list", description = "Shows letters, and how many there are of each reason.")
  int list(
      @Mixin LetterOptions which,
      @Option(names = "--json", description = "One JSON object per letter.") boolean json) {
    TopicsConfig config = begin();
    ReplayMarks marks = marks(config);
    LetterTable table = new LetterTable();
    LetterLog log = log(config);
    LetterFilter filter = which.filter(clock.instant());
    if (json) {
      log.read(
          filter,
          which.limit(),
          letter -> out().println(LetterJson.line(letter, marks.of(letter).isPresent())));
      return ExitCodes.OK;
    }
    log.read(filter, which.limit(), letter -> table.add(letter, marks.of(letter).isPresent()));
    table.lines().forEach(out()::println);
    return ExitCodes.OK;
  }

  @Command(name = "show", description = "Shows one letter with its headers and what it holds.")
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
    List<Letter> found = new ArrayList<>();
    LetterFilter filter = LetterFilter.at(partition, offset);
    long unused = log(config).read(filter, 1, found::add);
    if (found.isEmpty()) {
      spec.commandLine()
          .getErr()
          .printf(
              "%s: there is no letter at %s-%d@%d%n",
              spec.qualifiedName() + " show",
              config.nameOf(Topics.DEAD_LETTERS),
              partition,
              offset);
      return ExitCodes.PARTIAL;
    }
    Details details = Details.of(config.kafka(), found.get(0));
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
        "Sends letters back to the topics that they came from, each once.",
        "Exit code 3: some could not be sent back."
      })
  int replay(
      @Mixin LetterOptions which,
      @Option(names = "--all", description = "All letters; needed if nothing else says which.")
          boolean all,
      @Option(names = "--dry-run", description = "Only say what would be done.") boolean dry,
      @Option(names = "--again", description = "Also letters that were replayed before.")
          boolean again,
      @Option(
              names = "--max-attempts",
              paramLabel = "N",
              defaultValue = "3",
              description = "Leave letters alone that were tried N times; default: 3.")
          int maxAttempts) {
    LetterFilter filter = which.filter(clock.instant());
    if (filter.isOpen() && !all) {
      throw new StartupException("say which letters: --reason, --since, --offset, … or --all");
    }
    if (maxAttempts < 1) {
      throw new StartupException("--max-attempts must be at least 1, was " + maxAttempts);
    }
    TopicsConfig config = begin();
    Replaying.Rules rules = new Replaying.Rules(maxAttempts, again);
    counts.clear();
    try (Replaying replaying = replaying(config, rules, dry)) {
      long unused = log(config).read(filter, which.limit(), replaying::take);
      replaying.flush();
    }
    out()
        .printf(
            "%d %s, %d replayed before, %d tried too often, %d lost, %d refused%n",
            count(Fate.Kind.REPLAYED),
            dry ? "would be replayed" : "replayed",
            count(Fate.Kind.ALREADY),
            count(Fate.Kind.LIMIT),
            count(Fate.Kind.LOST),
            count(Fate.Kind.REFUSED));
    boolean whole = count(Fate.Kind.LIMIT) + count(Fate.Kind.LOST) + count(Fate.Kind.REFUSED) == 0;
    return whole ? ExitCodes.OK : ExitCodes.PARTIAL;
  }

  private Replaying replaying(TopicsConfig config, Replaying.Rules rules, boolean dry) {
    Map<String, String> kafka = config.kafka();
    if (dry) {
      return Replaying.dry(kafka, marks(config), targets(config), rules, clock, this::tell);
    }
    TopicsOptions.require(config, List.of(Topics.DEAD_LETTER_REPLAYS));
    return Replaying.open(
        kafka,
        config.nameOf(Topics.DEAD_LETTERS),
        config.nameOf(Topics.DEAD_LETTER_REPLAYS),
        targets(config),
        rules,
        clock,
        this::tell);
  }

  private static Targets targets(TopicsConfig config) {
    Map<String, Boolean> allowed = new TreeMap<>();
    DATA.forEach(name -> allowed.put(config.nameOf(name), config.isReplayed(name)));
    int largest =
        new ProducerConfig(KafkaSettings.producer(config.kafka(), Map.of()))
            .getInt(ProducerConfig.MAX_REQUEST_SIZE_CONFIG);
    return new Targets(allowed, topic -> MaxRecordSize.of(topic, config.kafka(), largest));
  }

  private void tell(Fate fate) {
    counts.merge(fate.kind(), 1L, Long::sum);
    out()
        .println(
            "%-9s %s  %s  %s %s"
                .formatted(
                    fate.kind().name().toLowerCase(Locale.ROOT),
                    fate.letter().at(),
                    fate.letter().source().map(Object::toString).orElse("?"),
                    fate.letter().reason(),
                    fate.why())
                .stripTrailing());
  }

  private long count(Fate.Kind kind) {
    return counts.getOrDefault(kind, 0L);
  }

  private TopicsConfig begin() {
    TopicsConfig config = topics.read();
    TopicsOptions.require(config, List.of(Topics.DEAD_LETTERS));
    return config;
  }

  private static LetterLog log(TopicsConfig config) {
    return new LetterLog(config.kafka(), config.nameOf(Topics.DEAD_LETTERS));
  }

  /** Where nothing was ever replayed, there may be no such topic. */
  private static ReplayMarks marks(TopicsConfig config) {
    String topic = config.nameOf(Topics.DEAD_LETTER_REPLAYS);
    try (Keeping.Broker broker = new Keeping.Broker(config.kafka())) {
      return broker.topics().contains(topic)
          ? ReplayMarks.read(config.kafka(), topic)
          : ReplayMarks.none();
    }
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
