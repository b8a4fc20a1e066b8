package io.stillstream.runtime.lookup;

import io.stillstream.runtime.kafka.KafkaSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads topics without a consumer group: committed records only, from given offsets. It commits
 * nothing and creates no topic. For one thread, but for {@link #wakeup}.
 *
 * <p>There are two ways to use it: {@link #read} for what lies between offsets, and {@link #assign}
 * with {@link #poll} to follow partitions. Both go by the consumer's position, so that markers of
 * transactions and compacted records at the end are no reason to wait.
 *
 * <p>Every method throws {@link org.apache.kafka.common.KafkaException} if brokers do not answer,
 * and {@link org.apache.kafka.common.errors.InterruptException} if the thread is interrupted.
 */
public final class StandaloneConsumer implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Set<String> GROUP_KEYS =
      Set.of(ConsumerConfig.GROUP_ID_CONFIG, ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);

  private final Consumer<byte[], byte[]> consumer;

  /** Takes a consumer over, which has to belong to no group or to commit nothing. */
  public StandaloneConsumer(Consumer<byte[], byte[]> consumer) {
    this.consumer = consumer;
  }

  /**
   * Opens a consumer.
   *
   * @param kafka settings of the client; those of a group are left out
   * @throws io.stillstream.runtime.config.StartupException naming a setting that is wrong
   */
  public static StandaloneConsumer open(Map<String, String> kafka) {
    return open(kafka, Map.of());
  }

  /**
   * Opens a consumer.
   *
   * @param overrides settings that win over those of the client
   */
  public static StandaloneConsumer open(Map<String, String> kafka, Map<String, ?> overrides) {
    Map<String, String> withoutGroup = new HashMap<>(kafka);
    for (String key : GROUP_KEYS) {
      withoutGroup.remove(key);
      withoutGroup.remove(KafkaSettings.CONSUMER + key);
    }
    Map<String, Object> settings = new HashMap<>(overrides);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    return new StandaloneConsumer(
        KafkaSettings.client(
            () -> new KafkaConsumer<>(KafkaSettings.consumer(withoutGroup, settings))));
  }

  /** Partitions of a topic; none if it does not exist. */
  public List<TopicPartition> partitions(String topic) {
    List<PartitionInfo> infos = consumer.partitionsFor(topic);
    // Null or empty for a topic that does not exist, depending on the protocol.
    return infos == null
        ? List.of()
        : infos.stream().map(info -> new TopicPartition(topic, info.partition())).toList();
  }

  /** Partitions of a topic that are not assigned yet. */
  public Set<TopicPartition> newPartitions(String topic) {
    Set<TopicPartition> partitions = new HashSet<>(partitions(topic));
    partitions.removeAll(consumer.assignment());
    return partitions;
  }

  /** Offsets of the first records that are still there. */
  public Map<TopicPartition, Long> beginnings(Collection<TopicPartition> partitions) {
    return partitions.isEmpty() ? Map.of() : consumer.beginningOffsets(partitions);
  }

  /** Offsets after the last committed records. */
  public Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) {
    return partitions.isEmpty() ? Map.of() : consumer.endOffsets(partitions);
  }

  /** Offsets of the first records that were written at a time or later; the ends if none were. */
  public Map<TopicPartition, Long> offsetsSince(
      Collection<TopicPartition> partitions, Instant time) {
    // The ends first: a record that is written in between is read, not missed.
    Map<TopicPartition, Long> offsets = new HashMap<>(ends(partitions));
    Map<TopicPartition, Long> times =
        partitions.stream()
            .collect(Collectors.toMap(Function.identity(), partition -> time.toEpochMilli()));
    for (Map.Entry<TopicPartition, OffsetAndTimestamp> found :
        consumer.offsetsForTimes(times).entrySet()) {
      if (found.getValue() != null) {
        offsets.put(found.getKey(), found.getValue().offset());
      }
    }
    return offsets;
  }

  /**
   * Reads what lies between offsets. Afterwards nothing is assigned, and nothing is fetched.
   *
   * @param from offset of the first record, by partition
   * @param to offsets to stop at, themselves not included, of the same partitions
   * @param limit time after which it stops
   * @param more takes a record; false stops it
   * @return whether all of it was read
   */
  public boolean read(
      Map<TopicPartition, Long> from,
      Map<TopicPartition, Long> to,
      Duration limit,
      Predicate<ConsumerRecord<byte[], byte[]>> more) {
    try {
      assign(from);
      long start = System.nanoTime();
      while (!hasReached(to)) {
        if (System.nanoTime() - start > limit.toNanos()) {
          return false;
        }
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          TopicPartition partition = new TopicPartition(record.topic(), record.partition());
          if (record.offset() < to.get(partition) && !more.test(record)) {
            return false;
          }
        }
      }
      return true;
    } finally {
      consumer.assign(List.of());
    }
  }

  /** Assigns these partitions, and no others, each from an offset on. */
  public void assign(Map<TopicPartition, Long> offsets) {
    consumer.assign(offsets.keySet());
    offsets.forEach(consumer::seek);
  }

  /** Assigns these partitions, too, each from an offset on. */
  public void assignAlso(Map<TopicPartition, Long> offsets) {
    Set<TopicPartition> all = new HashSet<>(consumer.assignment());
    all.addAll(offsets.keySet());
    consumer.assign(all);
    offsets.forEach(consumer::seek);
  }

  /** The next records of the assigned partitions; none if none come in time. */
  public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
    return consumer.poll(timeout);
  }

  /** Offset of an assigned partition up to which everything was read. */
  public long position(TopicPartition partition) {
    return consumer.position(partition);
  }

  /** Whether everything before these offsets of assigned partitions was read. */
  public boolean hasReached(Map<TopicPartition, Long> offsets) {
    return offsets.entrySet().stream()
        .allMatch(entry -> consumer.position(entry.getKey()) >= entry.getValue());
  }

  /**
   * Ends a {@link #poll} of another thread, or the next one, with a {@link
   * org.apache.kafka.common.errors.WakeupException}.
   */
  public void wakeup() {
    consumer.wakeup();
  }

  /** Closes the consumer, waiting at most this long. */
  public void close(Duration timeout) {
    consumer.close(CloseOptions.timeout(timeout));
  }

  @Override
  public void close() {
    consumer.close();
  }
}
