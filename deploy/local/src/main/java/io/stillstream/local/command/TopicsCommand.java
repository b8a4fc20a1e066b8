package io.stillstream.local.command;

import io.stillstream.local.exit.ExitCodes;
import io.stillstream.local.option.TopicsPrefixOption;
import io.stillstream.local.terminal.LogDestination;
import io.stillstream.local.topics.TopicsAdmin;
import io.stillstream.local.topics.TopicsConfig;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.topics.TopicSpec;
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
@Command(name = "topics", description = "Makes or checks the topics of the pipeline.")
public final class TopicsCommand {
  private static final String ROW = "%-19s %10s  %s%n";

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
      description = "Copies of each partition; default: the broker's.")
  private Optional<Integer> replicationFactor = Optional.empty();

  @Option(
      names = "--config",
      scope = ScopeType.INHERIT,
      paramLabel = "FILE",
      description =
          "YAML with kafka, partitions, replication-factor and topics (see README); may be repeated.")
  private List<Path> config = List.of();

  @Mixin private TopicsPrefixOption prefix = new TopicsPrefixOption();

  @Spec private CommandSpec spec;

  @Command(
      name = "create",
      description = "Makes the topics that are missing; says which existed, and how they differ.")
  int create() {
    TopicsConfig config = effective();
    PrintWriter out = spec.commandLine().getOut();
    boolean differs = false;
    try (TopicsAdmin admin = new TopicsAdmin(config.kafka())) {
      List<TopicsAdmin.TopicResult> outcomes =
          admin.create(config.specs(), config.replicationFactor());
      for (TopicsAdmin.TopicResult outcome : outcomes) {
        out.printf("%-19s %s%n", outcome.topic(), words(outcome));
        differs |= !outcome.differences().isEmpty();
      }
    }
    return differs ? ExitCodes.PARTIAL : ExitCodes.OK;
  }

  @Command(name = "list", description = "Shows the topics, and whether they are as they should be.")
  int list() {
    TopicsConfig config = effective();
    PrintWriter out = spec.commandLine().getOut();
    out.printf(ROW, "topic", "partitions", "state");
    boolean all = true;
    try (TopicsAdmin admin = new TopicsAdmin(config.kafka())) {
      for (TopicSpec topic : config.specs()) {
        Optional<List<String>> differences = admin.compare(topic);
        all &= differences.isPresent() && differences.get().isEmpty();
        out.printf(
            ROW,
            topic.name(),
            topic.partitions(),
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
    kafka.putIfAbsent("bootstrap.servers", "localhost:9092");
    try {
      return new TopicsConfig(
              kafka,
              partitions.or(file::partitions),
              replicationFactor.or(file::replicationFactor),
              file.topics())
          .withPrefix(prefix.over(file.prefix()));
    } catch (IllegalArgumentException e) {
      throw new StartupException("--" + e.getMessage(), e);
    }
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
