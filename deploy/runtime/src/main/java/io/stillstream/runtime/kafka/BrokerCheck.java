package io.stillstream.runtime.kafka;

import io.stillstream.runtime.config.Scalars;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.startup.StartupWait;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Looks for a broker and for topics at the start, and says in one sentence what is missing. */
public final class BrokerCheck {
  /** An answer is waited for in parts, so that a stop is noticed, and the wait can be told. */
  private static final long PART_MILLIS = 1_000;

  /** A busy machine may take that long without anything being wrong. */
  private static final int SILENT_PARTS = 5;

  private static final long LONGEST_REQUEST_MILLIS = 15_000;

  private final Map<String, Object> settings;
  private final String servers;
  private final BrokerConnection connection;
  private final StartupWait wait;

  private BrokerCheck(Map<String, String> kafka, StartupWait wait) {
    this.settings = new HashMap<>(KafkaSettings.admin(ClientIds.forUse(kafka, "start")));
    this.wait = wait;
    Object given = settings.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG);
    if (given == null || given.toString().isBlank()) {
      throw new StartupException("kafka.bootstrap.servers: is required");
    }
    this.servers = given.toString();
    this.connection = new BrokerConnection(settings, servers);
    wait.begin();
    // No single request may outlive the whole check.
    long millis = Math.max(1, wait.leftMillis());
    settings.put(
        AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
        Long.toString(Math.min(millis, LONGEST_REQUEST_MILLIS)));
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Long.toString(millis));
  }

  /**
   * Waits until a broker answers.
   *
   * @throws StartupException if none does in time, or at once if waiting cannot help
   */
  public static void requireBroker(Map<String, String> kafka, StartupWait wait) {
    BrokerCheck check = new BrokerCheck(kafka, wait);
    Admin admin = check.connect();
    try {
      check.answer(admin.describeCluster().nodes());
      wait.end();
    } finally {
      close(admin);
    }
  }

  /**
   * Waits until all topics exist.
   *
   * @param topics by the keys below {@code topics:} that name them
   * @throws StartupException naming those that do not exist in time
   */
  public static void requireTopics(
      Map<String, String> kafka, Map<String, String> topics, StartupWait wait) {
    BrokerCheck check = new BrokerCheck(kafka, wait);
    Admin admin = check.connect();
    try {
      Map<String, String> missing = new TreeMap<>(topics);
      missing.values().removeIf(topic -> check.exists(admin, topic));
      while (!missing.isEmpty()) {
        if (!wait.pause(check.noTopics(missing, "; "))) {
          throw new StartupException(check.noTopics(missing, "\n  "));
        }
        try {
          missing.values().removeIf(topic -> check.exists(admin, topic));
        } catch (StartupException e) {
          // The broker has answered before: time ran out on the topics, not on it.
          throw wait.leftMillis() > 0
              ? e
              : new StartupException(check.noTopics(missing, "\n  "), e);
        }
      }
      wait.end();
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
        problem = connection.tryConnect(server.strip(), wait.leftMillis());
        if (problem == null) {
          return client();
        }
      }
      if (!wait.pause(describe("answers", "", problem))) {
        throw noBroker(problem, null);
      }
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

  private boolean exists(Admin admin, String topic) {
    try {
      answer(admin.describeTopics(List.of(topic)).allTopicNames());
      return true;
    } catch (UnknownTopicOrPartitionException e) {
      return false;
    }
  }

  private <T> T answer(KafkaFuture<T> future) {
    for (int parts = 1; ; parts++) {
      try {
        return future.get(
            Math.max(1, Math.min(PART_MILLIS, wait.leftMillis())), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        wait.requireNotCancelled();
        connection.requireSameTransport(e);
        String problem =
            "it accepts connections, but does not answer as a Kafka broker does to "
                + "kafka.security.protocol "
                + connection.protocol()
                + "; it may be busy or still starting";
        if (wait.leftMillis() <= 0) {
          throw noBroker(problem, e);
        }
        if (parts >= SILENT_PARTS) {
          wait.report(describe("answers", "", problem));
        }
      } catch (ExecutionException e) {
        throw refused(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new StartupException("interrupted while waiting for a broker", e);
      }
    }
  }

  /** What a broker's answer means that is an error. */
  private RuntimeException refused(ExecutionException e) {
    if (e.getCause() instanceof UnknownTopicOrPartitionException unknown) {
      return unknown;
    }
    if (e.getCause() instanceof AuthenticationException refused) {
      return new StartupException(AuthFailureMessages.describe(refused, settings, servers), e);
    }
    if (e.getCause() instanceof AuthorizationException) {
      return new StartupException(
          "kafka: %s may not Describe all that is needed at %s: %s; \"stillstream acls\" tells and grants it"
              .formatted(ClientPrincipal.describe(settings), servers, e.getCause().getMessage()),
          e);
    }
    connection.requireSameTransport(e);
    return noBroker(e.getCause().getMessage(), e);
  }

  private StartupException noBroker(String problem, Throwable cause) {
    String within = " within " + Scalars.format(wait.maxWait());
    return new StartupException(describe("answered", within, problem), cause);
  }

  private String describe(String verb, String within, String problem) {
    return "kafka.bootstrap.servers: no broker %s at %s%s (%s)"
        .formatted(verb, servers, within, problem);
  }

  private String noTopics(Map<String, String> missing, String separator) {
    return missing.entrySet().stream()
        .map(
            entry ->
                (entry.getKey().equals(entry.getValue()) ? "topics" : "topics." + entry.getKey())
                    + ": there is no topic "
                    + entry.getValue()
                    + " at "
                    + servers
                    + "; create it with \"stillstream topics create\" or kafka-topics.sh")
        .collect(Collectors.joining(separator));
  }
}
