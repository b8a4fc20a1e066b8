package io.stillstream.embedded.kafka;

import io.stillstream.embedded.EmbeddedException;
import java.nio.file.Path;
import java.util.Properties;

/**
 * A one-node Kafka cluster (KRaft, broker and controller in one) inside this JVM, on loopback only.
 *
 * <p>Records of up to 8 MB; topics are never created by accident. What it stores outlives it: start
 * it again on the same directory and everything is there, after kill -9 too. No security: any
 * process that can open a local socket can read and write.
 */
public final class EmbeddedKafka implements AutoCloseable {
  private final KraftNode node;
  private final String bootstrapServers;

  private EmbeddedKafka(KraftNode node, String bootstrapServers) {
    this.node = node;
    this.bootstrapServers = bootstrapServers;
  }

  /**
   * Starts the broker and returns when it takes requests.
   *
   * @param directory where it stores; made and formatted when missing or empty, reopened when it is
   *     a broker's own
   * @param port of 127.0.0.1, or 0 for any free one
   * @throws EmbeddedException when the port is taken, or the directory cannot be written, is in use
   *     by another broker, damaged, or holds something else
   */
  public static EmbeddedKafka start(Path directory, int port) {
    Path home = directory.toAbsolutePath();
    try (BoundListeners listeners = new BoundListeners()) {
      int brokerPort = listeners.bind("PLAINTEXT", port, "Kafka");
      int controllerPort =
          listeners.bind(BrokerSettings.CONTROLLER_LISTENER, 0, "Kafka controller");
      Properties settings = BrokerSettings.of(home, brokerPort, controllerPort);
      return new EmbeddedKafka(
          KraftNode.start(home, settings, listeners), BrokerSettings.bootstrapServers(brokerPort));
    }
  }

  /** Value for bootstrap.servers: {@code 127.0.0.1:port}. */
  public String bootstrapServers() {
    return bootstrapServers;
  }

  /** Stops the broker, flushing what it holds; what it stored stays. A second call does nothing. */
  @Override
  public void close() {
    node.stop();
  }
}
