package io.stillstream.page.topic;

import io.stillstream.runtime.kafka.KafkaSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;

/**
 * Looks into topics through one consumer that belongs to no group, reads what is committed and
 * commits nothing. Between looks it asks for nothing. For one thread.
 *
 * <p>Every method throws {@link org.apache.kafka.common.KafkaException} when brokers are away for
 * some seconds.
 */
public final class StandaloneConsumer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final Duration POLL = Duration.ofMillis(200);

  /** New topics and partitions are noticed after this time. */
  private static final long REMEMBER_NANOS = Duration.ofSeconds(30).toNanos();

  /** A look needs a few records: what else a broker would send on is not wanted. */
  private static final String FETCH_BYTES = Integer.toString(256 << 10);

  private static final Set<String> OF_A_GROUP = Set.of("group.id", "group.instance.id");

  private final Consumer<byte[], byte[]> consumer;
  private final Map<String, List<TopicPartition>> partitions = new HashMap<>();
  private long rememberedAt = System.nanoTime();

  StandaloneConsumer(Consumer<byte[], byte[]> consumer) {
    this.consumer = consumer;
  }

  public static StandaloneConsumer open(Map<String, String> kafka) {
    Map<String, String> without = new HashMap<>(kafka);
    for (String key : OF_A_GROUP) {
      without.remove(key);
      without.remove("consumer." + key);
    }
    Map<String, Object> overrides = new HashMap<>();
    overrides.put(ConsumerConfig.CLIENT_ID_CONFIG, "stillstream-page");
    overrides.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    overrides.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    overrides.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    overrides.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    overrides.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES);
    return new StandaloneConsumer(
        KafkaSettings.client(
            () -> new KafkaConsumer<>(KafkaSettings.consumer(without, overrides))));
  }

  /** Partitions of a topic; none if it does not exist, or may not be looked at. */
  public List<TopicPartition> partitions(String topic) {
    if (System.nanoTime() - rememberedAt > REMEMBER_NANOS) {
      partitions.clear();
      rememberedAt = System.nanoTime();
    }
    return partitions.computeIfAbsent(topic, this::ask);
  }

  private List<TopicPartition> ask(String topic) {
    try {
      List<PartitionInfo> infos = consumer.partitionsFor(topic, PATIENCE);
      return infos == null
          ? List.of()
          : infos.stream().map(info -> new TopicPartition(topic, info.partition())).toList();
    } catch (TopicAuthorizationException e) {
      return List.of();
    }
  }

  /** Where the partitions of these topics end. */
  public Map<TopicPartition, Long> ends(Collection<String> topics) {
    List<TopicPartition> all =
        topics.stream().distinct().flatMap(topic -> partitions(topic).stream()).toList();
    return all.isEmpty() ? Map.of() : consumer.endOffsets(all, PATIENCE);
  }

  /**
   * The records of some partitions, each from an offset, or the first that is left, up to another,
   * which is not included.
   */
  public List<ConsumerRecord<byte[], byte[]>> read(
      Map<TopicPartition, Long> from, Map<TopicPartition, Long> to) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try {
      consumer.assign(from.keySet());
      from.forEach(consumer::seek);
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (isBefore(to) && System.nanoTime() - end < 0) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          if (record.offset() < to.get(partition(record))) {
            records.add(record);
          }
        }
      }
      return records;
    } finally {
      // What it does not hold, it does not fetch.
      consumer.assign(List.of());
    }
  }

  /** The record at one place; empty if it is gone. */
  public Optional<ConsumerRecord<byte[], byte[]>> at(TopicPartition partition, long offset) {
    return read(Map.of(partition, offset), Map.of(partition, offset + 1)).stream().findFirst();
  }

  private boolean isBefore(Map<TopicPartition, Long> to) {
    return consumer.assignment().stream()
        .anyMatch(partition -> consumer.position(partition, PATIENCE) < to.get(partition));
  }

  private static TopicPartition partition(ConsumerRecord<?, ?> record) {
    return new TopicPartition(record.topic(), record.partition());
  }

  @Override
  public void close() {
    consumer.close();
  }
}
