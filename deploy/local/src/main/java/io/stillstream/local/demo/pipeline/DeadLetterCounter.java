package io.stillstream.local.demo.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.schemas.topics.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;

/** Follows the dead deadLetters from their beginning, and counts those of the demo's own images. */
public final class DeadLetterCounter implements AutoCloseable {
  private static final String SOURCE_TOPIC = "__streams.errors.topic";

  private final String ownPrefix;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final AtomicLong all = new AtomicLong();
  private final AtomicLong ownImages = new AtomicLong();
  private final AtomicLong ownViews = new AtomicLong();

  /**
   * Opens the consumer.
   *
   * @param ownPrefix beginning of the keys of the demo's images
   */
  public DeadLetterCounter(Map<String, String> clients, String ownPrefix) {
    this.ownPrefix = ownPrefix;
    this.consumer =
        KafkaSettings.client(() -> new KafkaConsumer<>(KafkaSettings.consumer(clients, Map.of())));
    List<TopicPartition> partitions =
        consumer.partitionsFor(Topics.DEAD_LETTERS).stream()
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  /** Takes in what has come; always from the same thread. */
  public void poll(Duration patience) {
    for (ConsumerRecord<byte[], byte[]> letter : consumer.poll(patience)) {
      all.incrementAndGet();
      String key = letter.key() == null ? "" : new String(letter.key(), UTF_8);
      Header source = letter.headers().lastHeader(SOURCE_TOPIC);
      if (key.startsWith(ownPrefix) && source != null) {
        if (new String(source.value(), UTF_8).equals(Topics.IMAGES)) {
          ownImages.incrementAndGet();
        } else {
          ownViews.incrementAndGet();
        }
      }
    }
  }

  long all() {
    return all.get();
  }

  /** Images that never became views. */
  long ownImages() {
    return ownImages.get();
  }

  /** Views that were not trained on. */
  long ownViews() {
    return ownViews.get();
  }

  @Override
  public void close() {
    consumer.close();
  }
}
