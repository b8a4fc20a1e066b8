package io.stillstream.runtime.lookup;

import io.stillstream.runtime.kafka.KafkaSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Reads what consumer groups have committed, without being a member. Needs Describe on the group.
 * For one thread.
 */
public final class GroupOffsetReader implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private final Admin admin;

  /** Takes the client over. */
  GroupOffsetReader(Admin admin) {
    this.admin = admin;
  }

  /**
   * Opens the client; nothing is asked yet.
   *
   * @throws io.stillstream.runtime.config.StartupException naming a setting that is wrong
   */
  public static GroupOffsetReader open(Map<String, String> kafka) {
    Map<String, Object> settings = new HashMap<>(KafkaSettings.admin(kafka));
    String millis = Long.toString(TIMEOUT.toMillis());
    settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, millis);
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis);
    return new GroupOffsetReader(KafkaSettings.client(() -> Admin.create(settings)));
  }

  /**
   * The next offset to read of each partition that the group has committed; empty if it has
   * committed nothing, or does not exist.
   *
   * @throws KafkaException if brokers refuse it, or do not answer within 2 s
   */
  public Map<TopicPartition, Long> committed(String group) {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    try {
      Map<TopicPartition, OffsetAndMetadata> committed =
          admin
              .listConsumerGroupOffsets(group)
              .partitionsToOffsetAndMetadata()
              .get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      committed.forEach(
          (partition, offset) -> {
            if (offset != null) {
              offsets.put(partition, offset.offset());
            }
          });
      return offsets;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptException(e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
    } catch (TimeoutException e) {
      throw new org.apache.kafka.common.errors.TimeoutException(
          "brokers have not told the offsets of group " + group + " in time");
    }
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
  }
}
