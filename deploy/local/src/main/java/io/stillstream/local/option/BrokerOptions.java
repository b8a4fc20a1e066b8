package io.stillstream.local.option;

import io.stillstream.schemas.topics.TopicPrefix;
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

  /**
   * What stands before the default names of topics.
   *
   * @param file the {@code topics:} of {@code --config}; empty without one
   */
  public TopicPrefix prefixOver(Optional<TopicsPrefixOption.Setting> file) {
    return prefix.over(file);
  }

  /**
   * Settings of clients and serializer: those of a file, in which the options replace theirs.
   *
   * @param file the {@code kafka:} of {@code --config}; empty without one
   */
  public Map<String, String> over(Map<String, String> file) {
    Map<String, String> kafka = new TreeMap<>();
    kafka.put("bootstrap.servers", "localhost:9092");
    kafka.put("schema.registry.url", "http://localhost:8081");
    kafka.putAll(file);
    bootstrapServer.ifPresent(servers -> kafka.put("bootstrap.servers", servers));
    schemaRegistry.ifPresent(url -> kafka.put("schema.registry.url", url));
    return kafka;
  }
}
