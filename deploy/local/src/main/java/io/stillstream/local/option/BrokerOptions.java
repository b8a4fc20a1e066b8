package io.stillstream.local.option;

import io.stillstream.local.topics.TopicsConfig;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of a command that say where brokers and registry are, and how topics begin. */
public final class BrokerOptions {
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

  @Mixin private TopicsPrefixOption prefix = new TopicsPrefixOption();

  /** Brokers, registry and topics: those of files, in which the options replace theirs. */
  public TopicsConfig over(TopicsConfig file) {
    Map<String, String> kafka = new TreeMap<>(file.kafka());
    bootstrapServer.ifPresent(servers -> kafka.put("bootstrap.servers", servers));
    schemaRegistry.ifPresent(url -> kafka.put("schema.registry.url", url));
    kafka.putIfAbsent("bootstrap.servers", "localhost:9092");
    kafka.putIfAbsent("schema.registry.url", "http://localhost:8081");
    return new TopicsConfig(
            kafka, file.partitions(), file.replicationFactor(), file.config(), file.topics())
        .withPrefix(prefix.over(file.prefix()));
  }
}
