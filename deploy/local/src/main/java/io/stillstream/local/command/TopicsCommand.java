package io.stillstream.local.command;

import io.stillstream.local.exit.ExitCodes;
import io.stillstream.local.option.JsonOption;
import io.stillstream.local.option.TopicsPrefixOption;
import io.stillstream.local.terminal.LogDestination;
import io.stillstream.local.terminal.MessageStyle;
import io.stillstream.local.terminal.TerminalWriter;
import io.stillstream.local.topics.SubjectCompatibility;
import io.stillstream.local.topics.TopicsAdmin;
import io.stillstream.local.topics.TopicsConfig;
import io.stillstream.local.topics.TopicsPlan;
import io.stillstream.runtime.config.StartupException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code stillstream topics create|list}. */
@Command(
    name = "topics",
    header = "Creates or compares the topics.",
    description = "Makes or checks the topics of the pipeline.",
    footer = {
      "  stillstream topics create --bootstrap-server localhost:9092",
      "  stillstream topics list --config deploy/config/topics.yaml"
    })
public final class TopicsCommand {
  private static final String REGISTRY_URL = "schema.registry.url";
  private static final String ROW = "%-19s %10s  ";

  @Option(
      names = "--bootstrap-server",
      scope = ScopeType.INHERIT,
      paramLabel = "HOST:PORT",
      description = "Brokers, comma-separated; default: from --config, else localhost:9092.")
  private Optional<String> bootstrapServer = Optional.empty();

  @Option(
      names = "--partitions",
      scope = ScopeType.INHERIT,
      paramLabel = "N",
      description = "Partitions of images, views and labeled-views.")
  private Optional<Integer> partitions = Optional.empty();

  @Option(
      names = "--replication-factor",
      scope = ScopeType.INHERIT,
      paramLabel = "R",
      description = "Copies of each partition; default: 3, or as many as there are brokers.")
  private Optional<Integer> replicationFactor = Optional.empty();

  @Option(
      names = "--config",
      scope = ScopeType.INHERIT,
      paramLabel = "FILE",
      description =
          "YAML with kafka, partitions, replication-factor and topics (see README); may be repeated.")
  private List<Path> config = List.of();

  @Mixin private TopicsPrefixOption prefix = new TopicsPrefixOption();

  @Option(
      names = "--schema-registry",
      scope = ScopeType.INHERIT,
      paramLabel = "URL",
      description =
          "Where subjects get their compatibility level; default: from --config, if there.")
  private Optional<String> schemaRegistry = Optional.empty();

  @Spec private CommandSpec spec;

  @Command(
      name = "create",
      description = "Makes the topics that are missing; says which existed, and how they differ.",
      footer = {
        "  stillstream topics create --bootstrap-server localhost:9092",
        "  stillstream topics create --config deploy/config/topics.yaml --partitions 12"
      })
  int create(@Mixin JsonOption json) {
    TopicsConfig config = effective();
    TerminalWriter out = TerminalWriter.of(spec.commandLine().getOut());
    // What is not about one topic is for people, and so not on stdout where JSON is asked for.
    PrintWriter told = json.isGiven() ? spec.commandLine().getErr() : out;
    boolean differs = false;
    try (TopicsAdmin admin = new TopicsAdmin(config.kafka())) {
      TopicsPlan plan = admin.plan(config);
      told.println(plan.summary());
      warn(plan.warnings());
      for (TopicsAdmin.TopicResult outcome : admin.create(plan)) {
        if (json.isGiven()) {
          JsonOption.print(out, outcome);
        } else {
          row(
              out,
              "%-19s ".formatted(outcome.topic()),
              outcome.differences().isEmpty(),
              words(outcome));
        }
        differs |= !outcome.differences().isEmpty();
      }
    }
    boolean leveled = setCompatibility(config, told);
    return differs || !leveled ? ExitCodes.PARTIAL : ExitCodes.OK;
  }

  /** False if it is not known whether subjects have a level. */
  private boolean setCompatibility(TopicsConfig config, PrintWriter told) {
    if (!config.kafka().containsKey(REGISTRY_URL)) {
      return true;
    }
    SubjectCompatibility.Outcome outcome =
        SubjectCompatibility.open(config.kafka()).requireLevels(config.specs());
    outcome.lines().forEach(told::println);
    warn(outcome.warnings());
    return outcome.complete();
  }

  private void warn(List<String> warnings) {
    TerminalWriter err = TerminalWriter.of(spec.commandLine().getErr());
    warnings.forEach(text -> err.println(MessageStyle.WARNING, "warning:", " " + text));
  }

  @Command(
      name = "list",
      description = "Shows the topics, and whether they are as they should be.",
      footer = {
        "  stillstream topics list --config deploy/config/topics.yaml",
        "  stillstream topics list --json"
      })
  int list(@Mixin JsonOption json) {
    TopicsConfig config = effective();
    TerminalWriter out = TerminalWriter.of(spec.commandLine().getOut());
    if (!json.isGiven()) {
      out.println(ROW.formatted("topic", "partitions") + "state");
    }
    boolean all = true;
    try (TopicsAdmin admin = new TopicsAdmin(config.kafka())) {
      for (TopicsPlan.PlannedTopic topic : admin.plan(config).topics()) {
        Optional<List<String>> differences = admin.compare(topic);
        boolean isSound = differences.isPresent() && differences.get().isEmpty();
        all &= isSound;
        int partitions = topic.spec().partitions();
        if (json.isGiven()) {
          JsonOption.print(
              out,
              new ListedTopic(
                  topic.name(),
                  partitions,
                  differences.isPresent(),
                  differences.orElse(List.of())));
          continue;
        }
        row(
            out,
            ROW.formatted(topic.name(), partitions),
            isSound,
            differences
                .map(list -> list.isEmpty() ? "as configured" : String.join("; ", list))
                .orElse("missing"));
      }
    }
    return all ? ExitCodes.OK : ExitCodes.PARTIAL;
  }

  private TopicsConfig effective() {
    LogDestination.toConsole();
    TopicsConfig file = TopicsConfig.read(config);
    Map<String, String> kafka = new TreeMap<>(file.kafka());
    bootstrapServer.ifPresent(servers -> kafka.put("bootstrap.servers", servers));
    schemaRegistry.ifPresent(url -> kafka.put(REGISTRY_URL, url));
    kafka.putIfAbsent("bootstrap.servers", "localhost:9092");
    try {
      return new TopicsConfig(
              kafka,
              partitions.or(file::partitions),
              replicationFactor.or(file::replicationFactor),
              file.config(),
              file.topics())
          .withPrefix(prefix.over(file.prefix()));
    } catch (IllegalArgumentException e) {
      throw new StartupException("--" + e.getMessage(), e);
    }
  }

  /**
   * A topic as {@code list --json} prints it.
   *
   * @param partitions as configured
   * @param differences between the topic and its configuration
   */
  private record ListedTopic(
      String topic, int partitions, boolean exists, List<String> differences) {}

  private static void row(TerminalWriter out, String begin, boolean isSound, String state) {
    out.print(TerminalWriter.line(begin));
    out.print(isSound ? MessageStyle.OK : MessageStyle.WARNING, state);
    out.println();
  }

  private static String words(TopicsAdmin.TopicResult outcome) {
    if (outcome.created()) {
      return "created";
    }
    return outcome.differences().isEmpty()
        ? "exists"
        : "exists and differs: " + String.join("; ", outcome.differences());
  }
}
