package io.stillstream.containers;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A Kafka broker and a schema registry with Confluent's API, compatibility BACKWARD, for one test
 * class or many. The system property {@code stillstream.test-environment} chooses: {@code
 * embedded}, the default, starts both inside this JVM; {@code containers} starts Kafka and Apicurio
 * in Docker, and fails where there is none.
 */
public final class KafkaTestEnvironment implements AutoCloseable {
  private static final String PROPERTY = "stillstream.test-environment";

  private final RestartableServer broker;
  private final RestartableServer registry;

  private KafkaTestEnvironment(RestartableServer broker, RestartableServer registry) {
    this.broker = broker;
    this.registry = registry;
  }

  /**
   * Starts both, and returns when they take requests.
   *
   * @param directory where the embedded ones store; containers do not need it
   */
  public static KafkaTestEnvironment start(Path directory) {
    return start(System.getProperty(PROPERTY, "embedded"), directory);
  }

  /**
   * Starts a Kafka broker of another version in a container, and a registry inside this JVM.
   *
   * @param version as the image's tag names it, such as 3.9.2
   * @param directory where the registry stores
   */
  public static KafkaTestEnvironment ofBroker(String version, Path directory) {
    return started(
        new ContainerBroker(ContainerImages.KAFKA.image(version)),
        () -> new EmbeddedRegistry(directory));
  }

  /** The versions that {@link #ofBroker} is to be tried with: Maven's {@code kafka.brokers}. */
  public static List<String> otherBrokers() {
    return ContainerImages.otherBrokers();
  }

  static KafkaTestEnvironment start(String kind, Path directory) {
    return switch (kind) {
      case "embedded" ->
          started(new EmbeddedBroker(directory), () -> new EmbeddedRegistry(directory));
      case "containers" ->
          started(new ContainerBroker(ContainerImages.KAFKA.image()), ContainerRegistry::open);
      default ->
          throw new IllegalArgumentException(
              PROPERTY + ": must be embedded or containers, was " + kind);
    };
  }

  private static KafkaTestEnvironment started(
      RestartableServer broker, Supplier<RestartableServer> registry) {
    try {
      return new KafkaTestEnvironment(broker, registry.get());
    } catch (RuntimeException e) {
      broker.close();
      throw e;
    }
  }

  /** Value for bootstrap.servers. */
  public String bootstrapServers() {
    return broker.address();
  }

  /** Value for schema.registry.url. */
  public String registryUrl() {
    return registry.address();
  }

  /** Settings of clients and serializers. */
  public Map<String, String> kafka() {
    return Map.of("bootstrap.servers", bootstrapServers(), "schema.registry.url", registryUrl());
  }

  /** The registry goes away: connections are refused, or requests are never answered. */
  public void stopRegistry() {
    registry.stop();
  }

  public void startRegistry() {
    registry.start();
  }

  /** The broker goes away, this is run, and it comes back, whatever happened. */
  public void withoutBroker(Runnable whileAway) {
    broker.stop();
    try {
      whileAway.run();
    } finally {
      broker.start();
    }
  }

  @Override
  public void close() {
    registry.close();
    broker.close();
  }
}
