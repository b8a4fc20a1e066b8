package io.stillstream.augmenter;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/** How many records a consumer has met so far. */
final class ConsumedRecordCounter implements AutoCloseable {
  private final Consumer<byte[], byte[]> consumer;
  private int count;

  ConsumedRecordCounter(Consumer<byte[], byte[]> consumer) {
    this.consumer = consumer;
  }

  /** Up to where the topic ends now. */
  int get() {
    Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
    while (ends.entrySet().stream()
        .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
      count += consumer.poll(Duration.ofMillis(100)).count();
    }
    return count;
  }

  @Override
  public void close() {
    consumer.close();
  }
}
