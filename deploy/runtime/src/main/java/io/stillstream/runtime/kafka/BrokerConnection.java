package io.stillstream.runtime.kafka;

import io.stillstream.runtime.config.StartupException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.utils.Utils;

/** Tries connections to brokers before a client of Kafka does, and with or without TLS. */
final class BrokerConnection {
  private static final int PROBE_MILLIS = 1_000;
  private static final long LONGEST_CONNECT_MILLIS = 2_000;

  private final Map<String, Object> settings;
  private final String servers;

  /**
   * @param settings of the client
   * @param servers {@code bootstrap.servers}
   */
  BrokerConnection(Map<String, Object> settings, String servers) {
    this.settings = settings;
    this.servers = servers;
  }

  /**
   * Null if the server accepts a connection, otherwise why it does not.
   *
   * @throws StartupException if it is no address, or the broker speaks TLS and the client does not
   */
  String tryConnect(String server, long leftMillis) {
    String host = Utils.getHost(server);
    Integer port = Utils.getPort(server);
    if (host == null || port == null || port > 65535) {
      throw new StartupException(
          "kafka.bootstrap.servers: must be host:port, separated by commas, was " + servers);
    }
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      return "unknown host " + host;
    }
    int millis = (int) Math.max(1, Math.min(leftMillis, LONGEST_CONNECT_MILLIS));
    try (Socket socket = new Socket()) {
      socket.connect(address, millis);
    } catch (IOException e) {
      return e.getMessage();
    }
    // A client without TLS would take what a TLS listener sends for the length of an answer, and
    // ask for that much memory.
    if (!isTls() && PlaintextProbe.probe(address, millis) == PlaintextProbe.ListenerType.TLS) {
      throw new StartupException(
          "kafka.security.protocol: is %s, but the broker at %s speaks TLS: SSL or SASL_SSL"
              .formatted(protocol(), server));
    }
    return null;
  }

  /**
   * Looks why a broker does not answer a client with TLS.
   *
   * @throws StartupException if it speaks without
   */
  void requireSameTransport(Throwable cause) {
    if (!isTls()) {
      return;
    }
    String server = servers.split(",", -1)[0].strip();
    InetSocketAddress address = new InetSocketAddress(Utils.getHost(server), Utils.getPort(server));
    if (!address.isUnresolved()
        && PlaintextProbe.probe(address, PROBE_MILLIS) == PlaintextProbe.ListenerType.CLEAR) {
      throw new StartupException(
          "kafka.security.protocol: is %s, but the broker at %s speaks without TLS"
              .formatted(protocol(), servers),
          cause);
    }
  }

  String protocol() {
    Object given = settings.get(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG);
    return given == null
        ? CommonClientConfigs.DEFAULT_SECURITY_PROTOCOL
        : given.toString().toUpperCase(Locale.ROOT);
  }

  private boolean isTls() {
    return protocol().endsWith("SSL");
  }
}
