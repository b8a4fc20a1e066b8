package io.stillstream.augmenter;

import io.stillstream.runtime.KafkaSettings;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Largest records that can be sent. They are checked before sending, since a record that is refused
 * aborts its transaction and comes again, for ever.
 *
 * @param views bytes
 * @param deadLetters bytes
 */
record SizeLimits(int views, int deadLetters) {
  private static final Logger LOG = LoggerFactory.getLogger(SizeLimits.class);
  private static final int TIMEOUT_SECONDS = 10;

  /** The smaller of what the producer and what each topic lets through. */
  static SizeLimits of(Map<String, String> kafka, AugmenterConfig.AugmenterTopics topics) {
    Object request =
        KafkaSettings.producer(kafka, Map.of()).get(ProducerConfig.MAX_REQUEST_SIZE_CONFIG);
    int producer = Integer.parseInt(request.toString());
    try (Admin admin = Admin.create(KafkaSettings.admin(kafka))) {
      ConfigResource views = topic(topics.views());
      ConfigResource deadLetters = topic(topics.deadLetters());
      Map<ConfigResource, Config> configs =
          admin
              .describeConfigs(Stream.of(views, deadLetters).distinct().toList())
              .all()
              .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
      return new SizeLimits(
          Math.min(producer, limit(configs.get(views), producer)),
          Math.min(producer, limit(configs.get(deadLetters), producer)));
    } catch (ExecutionException | TimeoutException e) {
      // Reading settings is a right of its own, which a service may lack.
      LOG.atInfo()
          .addKeyValue("topics", List.of(topics.views(), topics.deadLetters()))
          .addKeyValue("problem", String.valueOf(e.getCause()))
          .log("cannot read max.message.bytes of the topics; max.request.size alone counts");
      return new SizeLimits(producer, producer);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new SizeLimits(producer, producer);
    }
  }

  private static ConfigResource topic(String name) {
    return new ConfigResource(ConfigResource.Type.TOPIC, name);
  }

  private static int limit(Config config, int otherwise) {
    ConfigEntry entry = config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
    return entry == null || entry.value() == null ? otherwise : Integer.parseInt(entry.value());
  }
}
