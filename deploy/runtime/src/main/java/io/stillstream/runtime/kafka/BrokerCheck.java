package io.stillstream.runtime.kafka;

import io.stillstream.runtime.config.Scalars;
import io.stillstream.runtime.config.StartupException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.utils.Utils;

/** Looks for a broker and for topics at the start, and says in one sentence what is missing. */
final class BrokerCheck {
  private static final long PAUSE_MILLIS = 200;
  private static final int LAST_CALL_MILLIS = 1_000;

  private final Map<String, Object> settings;
  private final String servers;
  private final Duration timeout;
  private final long deadline;

  private BrokerCheck(Map<String, String> kafka, Duration timeout) {
    this.settings = new HashMap<>(KafkaSettings.admin(ClientIds.forUse(kafka, "start")));
    this.timeout = timeout;
    this.deadline = System.nanoTime() + timeout.toNanos();
    Object given = settings.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG);
    if (given == null || given.toString().isBlank()) {
      throw new StartupException("kafka.bootstrap.servers: is required");
    }
    this.servers = given.toString();
    // No single request may outlive the whole check.
    String millis = Long.toString(Math.max(1, timeout.toMillis()));
    settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, millis);
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis);
  }

  static void requireBroker(Map<String, String> kafka, Duration timeout) {
    BrokerCheck check = new BrokerCheck(kafka, timeout);
    Admin admin = check.connect();
    try {
      check.answer(admin.describeCluster().nodes());
    } finally {
      close(admin);
    }
  }

  static void requireTopics(
      Map<String, String> kafka, Map<String, String> topics, Duration timeout) {
    BrokerCheck check = new BrokerCheck(kafka, timeout);
    Admin admin = check.connect();
    try {
      Map<String, String> missing = new TreeMap<>(topics);
      missing.values().removeIf(topic -> check.exists(admin, topic));
      while (!missing.isEmpty()) {
        check.pauseOrFail(() -> new StartupException(check.noTopics(missing)));
        try {
          missing.values().removeIf(topic -> check.exists(admin, topic));
        } catch (StartupException e) {
          // The broker has answered before: time ran out on the topics, not on it.
          throw check.remainingMillis() > 0 ? e : new StartupException(check.noTopics(missing), e);
        }
      }
    } finally {
      close(admin);
    }
  }

  /** A plain close waits, possibly for ever, for requests that were given up. */
  private static void close(Admin admin) {
    admin.close(Duration.ZERO);
  }

  /**
   * Waits for a server to accept a connection before Kafka's client is made: that one would log a
   * warning for every attempt, and give up at once on a name that does not resolve yet.
   */
  private Admin connect() {
    String problem = "";
    while (true) {
      for (String server : servers.split(",", -1)) {
        problem = tryConnect(server.strip());
        if (problem == null) {
          return client();
        }
      }
      String last = problem;
      pauseOrFail(() -> noBroker(last, null));
    }
  }

  private Admin client() {
    try {
      return KafkaSettings.client(() -> Admin.create(settings));
    } catch (StartupException e) {
      throw AuthFailureMessages.describeFileProblem(e, settings)
          .<StartupException>map(words -> new StartupException(words, e))
          .orElse(e);
    }
  }

  /** Null if the server accepts a connection. */
  private String tryConnect(String server) {
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
    try (Socket socket = new Socket()) {
      socket.connect(address, connectMillis());
    } catch (IOException e) {
      return e.getMessage();
    }
    // A client without TLS would take what a TLS listener sends for the length of an answer, and
    // ask for that much memory.
    if (!isTls()
        && PlaintextProbe.probe(address, connectMillis()) == PlaintextProbe.ListenerType.TLS) {
      throw new StartupException(
          "kafka.security.protocol: is %s, but the broker at %s speaks TLS: SSL or SASL_SSL"
              .formatted(protocol(), server));
    }
    return null;
  }

  private boolean isTls() {
    return protocol().endsWith("SSL");
  }

  private String protocol() {
    Object given = settings.get(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG);
    return given == null
        ? CommonClientConfigs.DEFAULT_SECURITY_PROTOCOL
        : given.toString().toUpperCase(Locale.ROOT);
  }

  private int connectMillis() {
    return (int) Math.max(1, Math.min(remainingMillis(), 2_000));
  }

  private boolean exists(Admin admin, String topic) {
    try {
      answer(admin.describeTopics(List.of(topic)).allTopicNames());
      return true;
    } catch (UnknownTopicOrPartitionException e) {
      return false;
    }
  }

  private <T> T answer(KafkaFuture<T> future) {
    try {
      return future.get(Math.max(1, remainingMillis()), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw noBroker(
          "it accepts connections, but does not answer as a Kafka broker does to "
              + "kafka.security.protocol "
              + protocol(),
          e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException unknown) {
        throw unknown;
      }
      if (e.getCause() instanceof AuthenticationException refused) {
        throw new StartupException(AuthFailureMessages.describe(refused, settings, servers), e);
      }
      if (e.getCause() instanceof AuthorizationException) {
        throw new StartupException(
            "kafka: %s may not Describe all that is needed at %s: %s; \"stillstream acls\" tells and grants it"
                .formatted(ClientPrincipal.describe(settings), servers, e.getCause().getMessage()),
            e);
      }
      throw noBroker(e.getCause().getMessage(), e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private void pauseOrFail(Supplier<StartupException> failure) {
    if (remainingMillis() <= PAUSE_MILLIS) {
      throw failure.get();
    }
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private long remainingMillis() {
    return TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
  }

  private StartupException noBroker(String problem, Throwable cause) {
    if (isTls() && cause != null && isClear(servers.split(",", -1)[0].strip())) {
      return new StartupException(
          "kafka.security.protocol: is %s, but the broker at %s speaks without TLS"
              .formatted(protocol(), servers),
          cause);
    }
    return new StartupException(
        "kafka.bootstrap.servers: no broker answered at "
            + servers
            + " within "
            + Scalars.format(timeout)
            + " ("
            + problem
            + ")",
        cause);
  }

  private static boolean isClear(String server) {
    InetSocketAddress address = new InetSocketAddress(Utils.getHost(server), Utils.getPort(server));
    return !address.isUnresolved()
        && PlaintextProbe.probe(address, LAST_CALL_MILLIS) == PlaintextProbe.ListenerType.CLEAR;
  }

  private String noTopics(Map<String, String> missing) {
    return missing.entrySet().stream()
        .map(
            entry ->
                (entry.getKey().equals(entry.getValue()) ? "topics" : "topics." + entry.getKey())
                    + ": there is no topic "
                    + entry.getValue()
                    + " at "
                    + servers
                    + "; create it with \"stillstream topics create\" or kafka-topics.sh")
        .collect(Collectors.joining("\n  "));
  }

  private static StartupException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new StartupException("interrupted while waiting for a broker", e);
  }
}
