package io.stillstream.local.command;

import io.stillstream.local.option.ServiceSettings;
import io.stillstream.local.option.TopicsPrefixOption;
import io.stillstream.local.terminal.LogDestination;
import io.stillstream.local.topics.TopicsConfig;
import io.stillstream.runtime.kafka.KafkaSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** Options that say where brokers and registry are, and how topics are called. */
final class TopicsOptions {
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  @Option(
      names = "--config",
      scope = ScopeType.INHERIT,
      paramLabel = "FILE",
      description =
          "YAML with kafka and topics, as for topics create, or the settings of a service; may be"
              + " repeated.")
  private List<Path> config = List.of();

  @Option(
      names = "--bootstrap-server",
      scope = ScopeType.INHERIT,
      paramLabel = "HOST:PORT",
      description = "Brokers; default: from --config, else localhost:9092.")
  private Optional<String> bootstrapServer = Optional.empty();

  @Option(
      names = "--schema-registry",
      scope = ScopeType.INHERIT,
      paramLabel = "URL",
      description = "Default: from --config, else http://localhost:8081.")
  private Optional<String> schemaRegistry = Optional.empty();

  @Mixin private TopicsPrefixOption prefix = new TopicsPrefixOption();

  /**
   * The settings.
   *
   * @throws io.stillstream.runtime.config.StartupException if they are wrong
   */
  TopicsConfig read() {
    LogDestination.toConsole();
    TopicsConfig file = ServiceSettings.topics(config, Set.of());
    Map<String, String> kafka = new TreeMap<>(file.kafka());
    bootstrapServer.ifPresent(servers -> kafka.put("bootstrap.servers", servers));
    schemaRegistry.ifPresent(url -> kafka.put("schema.registry.url", url));
    kafka.putIfAbsent("bootstrap.servers", "localhost:9092");
    kafka.putIfAbsent("schema.registry.url", "http://localhost:8081");
    return new TopicsConfig(
            kafka, file.partitions(), file.replicationFactor(), file.config(), file.topics())
        .withPrefix(prefix.over(file.prefix()));
  }

  /**
   * Waits for brokers and topics.
   *
   * @param defaultNames of the topics that are needed
   * @throws io.stillstream.runtime.config.StartupException naming those that are not there
   */
  static void require(TopicsConfig config, List<String> defaultNames) {
    KafkaSettings.requireBroker(config.kafka(), PATIENCE);
    Map<String, String> topics = new TreeMap<>();
    defaultNames.forEach(name -> topics.put(name, config.nameOf(name)));
    KafkaSettings.requireTopics(config.kafka(), topics, PATIENCE);
  }
}
