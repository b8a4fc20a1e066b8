package io.stillstream.local.broker;

import io.stillstream.embedded.kafka.EmbeddedKafka;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import java.nio.file.Path;
import java.util.Map;

/**
 * A Kafka broker and a schema registry in this process, on 127.0.0.1, open to all local clients.
 * What they store outlives them.
 */
public final class LocalBroker implements AutoCloseable {
  private final EmbeddedKafka kafka;
  private final DevelopmentRegistry registry;

  private LocalBroker(EmbeddedKafka kafka, DevelopmentRegistry registry) {
    this.kafka = kafka;
    this.registry = registry;
  }

  /**
   * Starts both; clients may come when this returns. Ports are of 127.0.0.1, 0 is any free one.
   *
   * @param kafkaDirectory where the broker stores
   * @param registryFile where the registry stores
   * @throws io.stillstream.embedded.EmbeddedException when a port is taken, or a directory or file
   *     is in use, damaged or something else
   */
  public static LocalBroker start(
      Path kafkaDirectory, int kafkaPort, Path registryFile, int registryPort) {
    DevelopmentRegistry registry = DevelopmentRegistry.start(registryFile, registryPort);
    try {
      return new LocalBroker(EmbeddedKafka.start(kafkaDirectory, kafkaPort), registry);
    } catch (RuntimeException e) {
      registry.close();
      throw e;
    }
  }

  /** Value for {@code bootstrap.servers}. */
  public String bootstrapServers() {
    return kafka.bootstrapServers();
  }

  /** Value for {@code schema.registry.url}. */
  public String registryUrl() {
    return registry.url().toString();
  }

  /** Settings of every client. */
  public Map<String, String> clients() {
    return Map.of("bootstrap.servers", bootstrapServers(), "schema.registry.url", registryUrl());
  }

  @Override
  public void close() {
    kafka.close();
    registry.close();
  }
}
