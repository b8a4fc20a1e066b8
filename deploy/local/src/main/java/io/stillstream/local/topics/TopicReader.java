package io.stillstream.local.topics;

import io.stillstream.runtime.kafka.KafkaSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads what a topic holds now, read committed, from given offsets or the beginning to the end as
 * it was when asked; and then stops. It belongs to no group and commits nothing.
 */
public final class TopicReader implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions;

  /**
   * Opens the consumer.
   *
   * @param kafka settings of the client
   */
  public TopicReader(Map<String, String> kafka, String topic) {
    consumer =
        KafkaSettings.client(() -> new KafkaConsumer<>(KafkaSettings.consumer(kafka, Map.of())));
    partitions =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList();
    consumer.assign(partitions);
  }

  /** First offset of each partition that is still there. */
  public Map<Integer, Long> beginnings() {
    return byNumber(consumer.beginningOffsets(partitions));
  }

  /** Offset of the next committed record of each partition. */
  public Map<Integer, Long> ends() {
    return byNumber(consumer.endOffsets(partitions));
  }

  /** Hands over every record up to the present end. */
  public void readAll(Consumer<ConsumerRecord<byte[], byte[]>> each) {
    readFrom(beginnings(), each);
  }

  /** Hands over every record from these offsets up to the present end. */
  public void readFrom(Map<Integer, Long> offsets, Consumer<ConsumerRecord<byte[], byte[]>> each) {
    readWhile(
        offsets,
        record -> {
          each.accept(record);
          return true;
        });
  }

  /** The same for as long as more is wanted. */
  public void readWhile(
      Map<Integer, Long> offsets, Predicate<ConsumerRecord<byte[], byte[]>> more) {
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    Map<Integer, Long> beginnings = beginnings();
    for (TopicPartition partition : partitions) {
      int number = partition.partition();
      consumer.seek(partition, offsets.getOrDefault(number, beginnings.get(number)));
    }
    while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        if (record.offset() < ends.get(partition) && !more.test(record)) {
          return;
        }
      }
    }
  }

  @Override
  public void close() {
    consumer.close();
  }

  private static Map<Integer, Long> byNumber(Map<TopicPartition, Long> offsets) {
    return offsets.entrySet().stream()
        .collect(Collectors.toMap(e -> e.getKey().partition(), Map.Entry::getValue));
  }
}
