package io.stillstream.runtime.kafka;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the broker how large a record a topic takes. */
public final class MaxRecordSize {
  private static final Logger LOG = LoggerFactory.getLogger(MaxRecordSize.class);
  private static final long TIMEOUT_SECONDS = 15;

  private MaxRecordSize() {}

  /**
   * The smaller of what the topic and what the producer lets through, bytes. Who may not ask for
   * the topic's settings relies on the producer's.
   */
  public static int of(String topic, Map<String, String> kafka, int maxRequestSize) {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    Map<String, Object> settings = KafkaSettings.admin(ClientIds.forUse(kafka, "limits"));
    try (Admin admin = KafkaSettings.client(() -> Admin.create(settings))) {
      String limit =
          admin
              .describeConfigs(List.of(resource))
              .all()
              .get(TIMEOUT_SECONDS, TimeUnit.SECONDS)
              .get(resource)
              .get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG)
              .value();
      return Math.min(Integer.parseInt(limit), maxRequestSize);
    } catch (ExecutionException | TimeoutException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return maxRequestSize; // the topic does not exist yet
      }
      LOG.atWarn()
          .addKeyValue("topic", topic)
          .addKeyValue("error", e.getMessage())
          .log("the topic's largest record is not known, the producer's limit has to do");
      return maxRequestSize;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return maxRequestSize;
    }
  }
}
