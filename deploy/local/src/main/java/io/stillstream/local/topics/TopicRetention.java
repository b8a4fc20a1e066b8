package io.stillstream.local.topics;

import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.runtime.kafka.KafkaSettings;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;

/** How long a topic keeps its records, as brokers have it configured. */
public final class TopicRetention {
  private final boolean deletes;
  private final boolean compacts;
  private final long retentionMillis;
  private final long segmentMillis;

  private TopicRetention(Config config) {
    String policy = config.get(TopicConfig.CLEANUP_POLICY_CONFIG).value();
    deletes = policy.contains(TopicConfig.CLEANUP_POLICY_DELETE);
    compacts = policy.contains(TopicConfig.CLEANUP_POLICY_COMPACT);
    retentionMillis = number(config, TopicConfig.RETENTION_MS_CONFIG);
    segmentMillis = number(config, TopicConfig.SEGMENT_MS_CONFIG);
  }

  /** The answers of brokers. */
  public static final class Reader implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 30;

    private final Admin admin;

    /**
     * @param kafka settings of the client
     */
    public Reader(Map<String, String> kafka) {
      admin = KafkaSettings.client(() -> Admin.create(KafkaSettings.admin(kafka)));
    }

    /** All topics. */
    public Set<String> topics() {
      return answer(admin.listTopics().names(), "the topics");
    }

    /**
     * How a topic keeps its records.
     *
     * @throws CommandFailedException if brokers do not say
     */
    public TopicRetention of(String topic) {
      ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
      return new TopicRetention(
          answer(admin.describeConfigs(List.of(resource)).all(), "the settings of " + topic)
              .get(resource));
    }

    private static <T> T answer(KafkaFuture<T> future, String what) {
      try {
        return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        throw new CommandFailedException(
            "brokers do not tell " + what + ": " + cause.getMessage(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CommandFailedException("interrupted", e);
      }
    }

    @Override
    public void close() {
      admin.close();
    }
  }

  /** Whether a tombstone removes the records of a key. */
  public boolean compacts() {
    return compacts;
  }

  /**
   * Until when a record is kept that was written at a time, in words. Whole segments are deleted,
   * when the newest record in them is old enough.
   */
  public String until(long writtenMillis) {
    if (!deletes || retentionMillis < 0) {
      return "kept for ever: " + (deletes ? "retention.ms is -1" : "cleanup.policy has no delete");
    }
    long first = writtenMillis + retentionMillis;
    return "deleted by age between %s and %s (retention.ms %d, segment.ms %d)"
        .formatted(time(first), time(first + segmentMillis), retentionMillis, segmentMillis);
  }

  private static Instant time(long millis) {
    return Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.SECONDS);
  }

  private static long number(Config config, String key) {
    return Long.parseLong(config.get(key).value());
  }
}
