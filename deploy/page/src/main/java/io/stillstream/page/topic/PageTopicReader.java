package io.stillstream.page.topic;

import io.stillstream.runtime.lookup.StandaloneConsumer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;

/**
 * Reads a few records at a time, within a time limit, and fetches nothing in between. For one
 * thread.
 *
 * <p>Every method throws {@link org.apache.kafka.common.KafkaException} when brokers are away for
 * some seconds.
 */
public final class PageTopicReader implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(2);

  /** New partitions are noticed after this time. */
  private static final long CACHE_NANOS = Duration.ofSeconds(30).toNanos();

  /** Services that start with the page create their topics a little later than its first look. */
  private static final long MISSING_NANOS = Duration.ofSeconds(2).toNanos();

  /** A few records are enough: what else a broker would send is not wanted. */
  private static final String FETCH_BYTES = Integer.toString(256 << 10);

  private final StandaloneConsumer consumer;
  private final Map<String, List<TopicPartition>> partitions = new HashMap<>();
  private final LongSupplier nanos;
  private long cachedSince;
  private long missingSince;

  /**
   * Takes the consumer over.
   *
   * @param nanos a clock for durations
   */
  PageTopicReader(StandaloneConsumer consumer, LongSupplier nanos) {
    this.consumer = consumer;
    this.nanos = nanos;
    this.cachedSince = nanos.getAsLong();
    this.missingSince = cachedSince;
  }

  /** Opens the consumer. */
  public static PageTopicReader open(Map<String, String> kafka) {
    return new PageTopicReader(
        StandaloneConsumer.open(
            kafka,
            Map.of(
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                Long.toString(LIMIT.toMillis()),
                ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
                FETCH_BYTES)),
        System::nanoTime);
  }

  /** Partitions of a topic; none if it does not exist, or access to it is denied. */
  public List<TopicPartition> partitions(String topic) {
    long now = nanos.getAsLong();
    if (now - cachedSince > CACHE_NANOS) {
      partitions.clear();
      cachedSince = now;
    }
    if (now - missingSince > MISSING_NANOS) {
      partitions.values().removeIf(List::isEmpty);
      missingSince = now;
    }
    return partitions.computeIfAbsent(
        topic,
        name -> {
          try {
            return consumer.partitions(name);
          } catch (TopicAuthorizationException e) {
            return List.of();
          }
        });
  }

  /** Where the partitions of these topics, each named once, end. */
  public Map<TopicPartition, Long> ends(Collection<String> topics) {
    return consumer.ends(topics.stream().flatMap(topic -> partitions(topic).stream()).toList());
  }

  /**
   * The records of some partitions, as many as come in time.
   *
   * @param from offset of the first record; what has expired is skipped
   * @param to offset to stop at, itself not included
   */
  public List<ConsumerRecord<byte[], byte[]>> read(
      Map<TopicPartition, Long> from, Map<TopicPartition, Long> to) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    boolean unused = read(from, to, records::add);
    return records;
  }

  /**
   * The same, one by one.
   *
   * @return whether all came in time
   */
  boolean read(
      Map<TopicPartition, Long> from,
      Map<TopicPartition, Long> to,
      Consumer<ConsumerRecord<byte[], byte[]>> records) {
    return consumer.read(
        from,
        to,
        LIMIT,
        record -> {
          records.accept(record);
          return true;
        });
  }

  /** The record at these coordinates; empty if it is gone. */
  public Optional<ConsumerRecord<byte[], byte[]>> at(TopicPartition partition, long offset) {
    return read(Map.of(partition, offset), Map.of(partition, offset + 1)).stream().findFirst();
  }

  @Override
  public void close() {
    consumer.close();
  }
}
