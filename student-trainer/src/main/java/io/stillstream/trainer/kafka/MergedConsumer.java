package io.stillstream.trainer.kafka;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads assigned partitions, of one topic or more, as one stream in the order of a {@link
 * PartitionMerger}. There is no consumer group, so a long step between polls costs nothing. Belongs
 * to one thread.
 */
public final class MergedConsumer implements AutoCloseable {

  /** A partition with so many records waiting for others is not fetched from. */
  private static final int ENOUGH = 500;

  private final Consumer<byte[], byte[]> consumer;
  private final GroupOffsets group;
  private final PartitionMerger merger;
  private final long maxBytes;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final PartitionEnds ends;
  private final Set<TopicPartition> assigned = new HashSet<>();

  /** Whether records were trimmed from the merger since the last one was returned. */
  private boolean trimmed;

  private volatile long waitingBytes;

  /**
   * @param group of the consumer
   * @param maxBytes of the records that wait in memory for those of other partitions
   * @param clock time of day, as in the records' timestamps
   * @param nanos a clock for durations
   */
  public MergedConsumer(
      Consumer<byte[], byte[]> consumer,
      GroupOffsets group,
      PartitionMerger merger,
      long maxBytes,
      InstantSource clock,
      LongSupplier nanos) {
    this.consumer = consumer;
    this.group = group;
    this.merger = merger;
    this.maxBytes = maxBytes;
    this.clock = clock;
    this.nanos = nanos;
    this.ends = new PartitionEnds(consumer, merger, nowMillis());
  }

  /** Partitions of a topic as brokers tell of them; none if it does not exist. */
  Set<TopicPartition> partitions(String topic) {
    List<PartitionInfo> infos = consumer.partitionsFor(topic);
    // Null or empty for a topic that does not exist, depending on the protocol.
    Set<TopicPartition> partitions = new HashSet<>();
    if (infos != null) {
      infos.forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
    }
    return partitions;
  }

  /** Offsets of the first records that are still there. */
  Map<TopicPartition, Long> firstOffsets(Collection<TopicPartition> partitions) {
    return consumer.beginningOffsets(partitions);
  }

  /** Offsets after the last committed records. */
  Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
    return consumer.endOffsets(partitions);
  }

  /** Partitions of a topic that are read. */
  Set<TopicPartition> assigned(String topic) {
    Set<TopicPartition> partitions = new HashSet<>(assigned);
    partitions.removeIf(partition -> !partition.topic().equals(topic));
    return partitions;
  }

  /**
   * Reads more partitions.
   *
   * @param begins the first offset of each
   */
  void assign(Map<TopicPartition, Long> begins) {
    assigned.addAll(begins.keySet());
    consumer.assign(assigned);
    begins.forEach(
        (partition, offset) -> {
          merger.begin(partition);
          consumer.seek(partition, offset);
        });
  }

  /** Reads partitions no more; what waits of them is dropped. */
  void unassign(Set<TopicPartition> partitions) {
    partitions.forEach(merger::end);
    assigned.removeAll(partitions);
    consumer.assign(assigned);
  }

  /** Goes on elsewhere in a partition; what waits of it is given first. */
  void seek(TopicPartition partition, long offset) {
    consumer.seek(partition, offset);
  }

  /**
   * Fetches once; the records wait in memory.
   *
   * @param timeout how long to wait, if no record can be taken yet
   * @return topics of which something was read, or a marker of a transaction was passed
   * @throws org.apache.kafka.clients.consumer.OffsetOutOfRangeException if an offset to be read
   *     does not exist
   */
  Set<String> fetch(Duration timeout) {
    Set<TopicPartition> enough = new HashSet<>(assigned);
    enough.removeIf(partition -> !hasEnough(partition));
    consumer.resume(assigned);
    consumer.pause(enough);
    ConsumerRecords<byte[], byte[]> records =
        consumer.poll(merger.isReady() ? Duration.ZERO : timeout);
    // Positions may also move without records, past transaction markers.
    Set<TopicPartition> moved = new HashSet<>(records.partitions());
    moved.addAll(records.nextOffsets().keySet());
    long wall = clock.millis();
    long now = nowMillis();
    records.forEach(record -> merger.add(record, wall, now));
    Map<TopicPartition, Long> again = merger.trim(maxBytes);
    again.forEach(consumer::seek);
    trimmed |= !again.isEmpty();
    return moved.stream().map(TopicPartition::topic).collect(Collectors.toSet());
  }

  /**
   * A partition with nothing waiting is always fetched from: others may wait for it. Half of the
   * memory is left to those. After trimming, nothing is fetched for others until records are used.
   */
  private boolean hasEnough(TopicPartition partition) {
    int waiting = merger.waiting(partition);
    return waiting >= ENOUGH || (waiting > 0 && (trimmed || merger.bytes() >= maxBytes / 2));
  }

  /**
   * Takes the records that are next in the order of the stream, as far as that is certain.
   *
   * @param most records to take, at least 1
   */
  List<ConsumerRecord<byte[], byte[]>> take(int most) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    do {
      var record = merger.next();
      while (record != null) {
        records.add(record);
        record = records.size() < most ? merger.next() : null;
      }
    } while (records.size() < most && ends.update(nowMillis()));
    trimmed &= records.isEmpty();
    waitingBytes = merger.bytes();
    return records;
  }

  private long nowMillis() {
    return nanos.getAsLong() / 1_000_000;
  }

  /** Bytes of the records that wait for others. May be called from any thread. */
  public long waitingBytes() {
    return waitingBytes;
  }

  /** By partition, the next offset to take. */
  Map<TopicPartition, Long> positions() {
    Map<TopicPartition, Long> positions = new HashMap<>();
    assigned.forEach(partition -> positions.put(partition, position(partition)));
    return positions;
  }

  /** The next offset of a partition to take. */
  long position(TopicPartition partition) {
    OptionalLong waiting = merger.position(partition);
    return waiting.isPresent() ? waiting.getAsLong() : consumer.position(partition);
  }

  /** How many records of a topic were not taken, as far as is known, with transaction markers. */
  long lag(String topic) {
    return assigned(topic).stream()
        .mapToLong(
            partition -> merger.waiting(partition) + consumer.currentLag(partition).orElse(0))
        .sum();
  }

  /**
   * How many records of a topic could be taken sooner than they are: those of {@link #lag} without
   * what is only held back because a record of another partition might come before it.
   */
  long backlog(String topic) {
    if (merger.isReady()) {
      return lag(topic);
    }
    long now = nowMillis();
    long backlog = 0;
    for (TopicPartition partition : assigned(topic)) {
      backlog += merger.overdue(partition, now);
      if (!merger.isUpToDate(partition, now)) {
        backlog += consumer.currentLag(partition).orElse(0);
      }
    }
    return backlog;
  }

  /** Commits offsets for dashboards; the trainer never reads them. */
  void commit(Map<TopicPartition, Long> positions) {
    group.commit(positions);
  }

  /** Whether there is a connection to a broker. May be called from any thread. */
  boolean isConnected() {
    return consumer.metrics().values().stream()
        .filter(metric -> metric.metricName().name().equals("connection-count"))
        .map(metric -> metric.metricValue())
        .anyMatch(value -> value instanceof Double count && count > 0);
  }

  @Override
  public void close() {
    consumer.close(CloseOptions.timeout(Duration.ofSeconds(5)));
  }
}
