package io.stillstream.trainer.kafka;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;

/**
 * Brings the records of several partitions, of one topic or more, into one order that does not
 * depend on when they were fetched: of the first records of all partitions, always the one with the
 * lowest timestamp comes, of several that of the first topic, then of the lowest partition. What
 * follows therefore depends on the records from the partitions' positions on, and on nothing else,
 * and a checkpoint needs to hold no more than these.
 *
 * <p>A partition with nothing waiting might still bring a record that comes first. The others are
 * held back until it is known that it does not: until it was read to its end at a time that is
 * {@code maxWait} past the record's timestamp (or past its arrival, should its timestamp lie in the
 * future). Then the order is right if every record can be read within {@code maxWait} of its
 * timestamp, and a partition where nothing happens delays the others by no more than that.
 *
 * <p>The age of a record at its arrival is by the time of day; how long it waits from then on, by a
 * monotonic clock. So no record waits for hours because a clock was set back.
 *
 * <p>Records that wait count with their bytes. What is beyond a budget is given back, to be read
 * again later: that changes when a record is read, and not its place in the order.
 */
public final class PartitionMerger {
  /** What a record takes in memory beside its key, value and headers, about. */
  static final int OVERHEAD_BYTES = 250;

  private final long maxWaitMillis;
  private final Comparator<TopicPartition> order;
  private final Map<TopicPartition, PartitionQueue> queues;
  private long bytes;

  /** What waits of one partition. */
  private static final class PartitionQueue {
    private final Deque<QueuedRecord> records = new ArrayDeque<>();
    private long bytes;
    private long atEndMillis = Long.MIN_VALUE;
  }

  /**
   * @param heldMillis until when others could come before it, on the clock that only counts on
   */
  private record QueuedRecord(ConsumerRecord<byte[], byte[]> record, long heldMillis, long bytes) {}

  /**
   * @param maxWait how long after its timestamp a record waits for others that might come before it
   * @param firstTopic the topic whose records come before those of other topics with the same
   *     timestamp
   */
  public PartitionMerger(Duration maxWait, String firstTopic) {
    this.maxWaitMillis = maxWait.toMillis();
    this.order =
        Comparator.comparing((TopicPartition partition) -> !partition.topic().equals(firstTopic))
            .thenComparing(TopicPartition::topic)
            .thenComparing(TopicPartition::partition);
    this.queues = new TreeMap<>(order);
  }

  /** A partition takes part from now on. */
  void begin(TopicPartition partition) {
    queues.putIfAbsent(partition, new PartitionQueue());
  }

  /** A partition takes no part any more; what waits of it is dropped. */
  void end(TopicPartition partition) {
    bytes -= queues.remove(partition).bytes;
  }

  /**
   * A record of a partition that has begun, in the order of its offsets.
   *
   * @param wallMillis time of day, as the record's timestamp
   * @param nowMillis on the clock that only counts on, as everywhere below
   */
  void add(ConsumerRecord<byte[], byte[]> record, long wallMillis, long nowMillis) {
    long age = Math.max(0, wallMillis - record.timestamp());
    PartitionQueue queue = queues.get(new TopicPartition(record.topic(), record.partition()));
    QueuedRecord waiting = new QueuedRecord(record, nowMillis - age + maxWaitMillis, size(record));
    queue.records.add(waiting);
    count(queue, waiting.bytes());
  }

  /**
   * Gives back what is beyond a budget: the latest records of the partitions that take most. The
   * first record of each partition stays, whatever its size, so that there always is one to give.
   *
   * @return per partition that lost records, the offset of the first of them: from there on it has
   *     to be read again
   */
  Map<TopicPartition, Long> trim(long mostBytes) {
    Map<TopicPartition, Long> again = new HashMap<>();
    while (bytes > mostBytes) {
      Map.Entry<TopicPartition, PartitionQueue> largest =
          queues.entrySet().stream()
              .filter(entry -> entry.getValue().records.size() > 1)
              .max(Comparator.comparingLong(entry -> entry.getValue().bytes))
              .orElse(null);
      if (largest == null) {
        break;
      }
      PartitionQueue queue = largest.getValue();
      QueuedRecord last = queue.records.removeLast();
      count(queue, -last.bytes());
      // Whatever it said of the partition's end, there is something to be read again now.
      queue.atEndMillis = Long.MIN_VALUE;
      again.put(largest.getKey(), last.record().offset());
    }
    return again;
  }

  /** Bytes of all records that wait. */
  long bytes() {
    return bytes;
  }

  /** Everything that could be read of a partition at that time has been added. */
  void atEnd(TopicPartition partition, long nowMillis) {
    queues.get(partition).atEndMillis = nowMillis;
  }

  /** The record that comes next; null if there is none, or if it is not certain yet. */
  ConsumerRecord<byte[], byte[]> next() {
    PartitionQueue first = first();
    if (first == null || !holding(first.records.peek()).isEmpty()) {
      return null;
    }
    QueuedRecord next = first.records.remove();
    count(first, -next.bytes());
    return next.record();
  }

  /** Whether there is a next record, and it is certain. */
  boolean isReady() {
    PartitionQueue first = first();
    return first != null && holding(first.records.peek()).isEmpty();
  }

  /**
   * Partitions that alone hold the next record back, although its time is over: if they are at
   * their end now, it can come.
   */
  Set<TopicPartition> overdue(long nowMillis) {
    PartitionQueue first = first();
    if (first == null || first.records.peek().heldMillis() > nowMillis) {
      return Set.of();
    }
    return holding(first.records.peek());
  }

  /** How many records of a partition wait. */
  int waiting(TopicPartition partition) {
    return queues.get(partition).records.size();
  }

  /**
   * Whether a partition's latest record is young enough to be held back by others; what is not read
   * of the partition yet is younger still.
   */
  boolean isUpToDate(TopicPartition partition, long nowMillis) {
    QueuedRecord last = queues.get(partition).records.peekLast();
    return last != null && last.heldMillis() > nowMillis;
  }

  /** How many records of a partition wait, and are too old to be held back by others. */
  int overdue(TopicPartition partition, long nowMillis) {
    int count = 0;
    for (QueuedRecord record : queues.get(partition).records) {
      count += record.heldMillis() <= nowMillis ? 1 : 0;
    }
    return count;
  }

  /** The offset of the first record of a partition that waits. */
  OptionalLong position(TopicPartition partition) {
    QueuedRecord first = queues.get(partition).records.peek();
    return first == null ? OptionalLong.empty() : OptionalLong.of(first.record().offset());
  }

  private void count(PartitionQueue queue, long more) {
    queue.bytes += more;
    bytes += more;
  }

  private static long size(ConsumerRecord<byte[], byte[]> record) {
    long size = (long) OVERHEAD_BYTES + length(record.key()) + length(record.value());
    for (Header header : record.headers()) {
      size += header.key().length() + length(header.value());
    }
    return size;
  }

  private static int length(byte[] content) {
    return content == null ? 0 : content.length;
  }

  private PartitionQueue first() {
    PartitionQueue first = null;
    for (PartitionQueue queue : queues.values()) {
      if (!queue.records.isEmpty() && (first == null || timestamp(queue) < timestamp(first))) {
        first = queue;
      }
    }
    return first;
  }

  private static long timestamp(PartitionQueue queue) {
    return queue.records.peek().record().timestamp();
  }

  private Set<TopicPartition> holding(QueuedRecord record) {
    Set<TopicPartition> holding = new TreeSet<>(order);
    queues.forEach(
        (partition, queue) -> {
          if (queue.records.isEmpty() && queue.atEndMillis < record.heldMillis()) {
            holding.add(partition);
          }
        });
    return holding;
  }
}
