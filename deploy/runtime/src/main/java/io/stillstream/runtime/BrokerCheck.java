package io.stillstream.runtime;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.utils.Utils;

/** Looks for a broker and for topics at the start, and says in one sentence what is missing. */
final class BrokerCheck {
  private static final long PAUSE_MILLIS = 200;

  private final Map<String, Object> settings;
  private final String servers;
  private final Duration timeout;
  private final long deadline;

  private BrokerCheck(Map<String, String> kafka, Duration timeout) {
    this.settings = new HashMap<>(KafkaSettings.admin(kafka));
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
        missing.values().removeIf(topic -> check.exists(admin, topic));
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
          return KafkaSettings.client(() -> Admin.create(settings));
        }
      }
      String last = problem;
      pauseOrFail(() -> noBroker(last, null));
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
      socket.connect(address, (int) Math.max(1, Math.min(remainingMillis(), 5_000)));
      return null;
    } catch (IOException e) {
      return e.getMessage();
    }
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
      throw noBroker("it accepts connections, but does not answer as a Kafka broker", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException unknown) {
        throw unknown;
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
