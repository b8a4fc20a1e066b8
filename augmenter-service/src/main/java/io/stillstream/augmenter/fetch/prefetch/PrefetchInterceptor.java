package io.stillstream.augmenter.fetch.prefetch;

import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Shows the records that a consumer has polled to the {@link ObjectPrefetcher}, before Kafka
 * Streams puts them into its buffers. It changes nothing. Made by the consumer, one for each.
 */
public final class PrefetchInterceptor implements ConsumerInterceptor<byte[], byte[]> {
  private static final String PREFETCHER = "stillstream.object.prefetcher";

  private ObjectPrefetcher prefetcher;

  /**
   * Settings of a consumer that has this interceptor.
   *
   * @param others interceptors that it has anyway, as a list of class names; null for none
   */
  public static Map<String, Object> settings(ObjectPrefetcher prefetcher, String others) {
    String own = PrefetchInterceptor.class.getName();
    return Map.of(
        ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG,
        others == null || others.isBlank() ? own : others + "," + own,
        PREFETCHER,
        prefetcher);
  }

  @Override
  public void configure(Map<String, ?> settings) {
    prefetcher = (ObjectPrefetcher) settings.get(PREFETCHER);
  }

  @Override
  public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
    prefetcher.offer(records, this);
    return records;
  }

  @Override
  public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {
    // Exactly once: offsets are committed with the views, not by the consumer.
  }

  /** What was polled and not processed will be polled by another consumer. */
  @Override
  public void close() {
    prefetcher.release(this);
  }
}
