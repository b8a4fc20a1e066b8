package io.stillstream.runtime.lookup;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads what a topic holds, read committed, from given offsets or the beginning to the end as it is
 * when the reading starts. It belongs to no group and commits nothing. For one thread.
 */
public final class TopicReader implements AutoCloseable {
  private static final Duration NO_LIMIT = Duration.ofNanos(Long.MAX_VALUE);

  private final StandaloneConsumer consumer;
  private final List<TopicPartition> partitions;

  /**
   * Opens the consumer.
   *
   * @param kafka settings of the client
   */
  public TopicReader(Map<String, String> kafka, String topic) {
    consumer = StandaloneConsumer.open(kafka);
    try {
      partitions = consumer.partitions(topic);
    } catch (RuntimeException e) {
      consumer.close();
      throw e;
    }
  }

  /** First offset of each partition that is still there. */
  public Map<Integer, Long> beginnings() {
    return byNumber(consumer.beginnings(partitions));
  }

  /** Offset after the last committed record of each partition. */
  public Map<Integer, Long> ends() {
    return byNumber(consumer.ends(partitions));
  }

  /** Offset of the first record of each partition that was written at a time or later. */
  public Map<Integer, Long> offsetsSince(Instant time) {
    return byNumber(consumer.offsetsSince(partitions, time));
  }

  /** Hands over every record up to the present end. */
  public void readAll(Consumer<ConsumerRecord<byte[], byte[]>> each) {
    readFrom(Map.of(), each);
  }

  /**
   * Hands over every record up to the present end.
   *
   * @param offsets where to start, by partition; where it is missing, at the beginning
   */
  public void readFrom(Map<Integer, Long> offsets, Consumer<ConsumerRecord<byte[], byte[]>> each) {
    readWhile(
        offsets,
        record -> {
          each.accept(record);
          return true;
        });
  }

  /** The same, until the predicate returns false. */
  public void readWhile(
      Map<Integer, Long> offsets, Predicate<ConsumerRecord<byte[], byte[]>> more) {
    Map<TopicPartition, Long> ends = consumer.ends(partitions);
    Map<TopicPartition, Long> from = new HashMap<>(consumer.beginnings(partitions));
    from.replaceAll(
        (partition, beginning) -> offsets.getOrDefault(partition.partition(), beginning));
    boolean unused = consumer.read(from, ends, NO_LIMIT, more);
  }

  @Override
  public void close() {
    consumer.close();
  }

  private static Map<Integer, Long> byNumber(Map<TopicPartition, Long> offsets) {
    return offsets.entrySet().stream()
        .collect(Collectors.toMap(entry -> entry.getKey().partition(), Map.Entry::getValue));
  }
}
