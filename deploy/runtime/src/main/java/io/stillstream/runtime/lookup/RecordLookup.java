package io.stillstream.runtime.lookup;

import io.stillstream.runtime.kafka.ClientIds;
import io.stillstream.runtime.records.RecordCoordinates;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Looks things up in topics, committed ones only: single records by their coordinates, and
 * partitions from their end backwards. Other records of a fetch are kept for a while, since
 * adjacent ones are often asked for next. For one thread.
 *
 * <p>All methods throw a {@link org.apache.kafka.common.KafkaException} if the broker does not
 * answer.
 */
public final class RecordLookup implements AutoCloseable {
  private static final Map<String, String> OVERRIDES =
      Map.of(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
  private static final Duration POLL = Duration.ofMillis(500);
  private static final int PATIENCE_POLLS = 60;
  private static final long KEPT_BYTES = 64L << 20;
  private static final long FIRST_CHUNK = 1_000;
  private static final long LARGEST_CHUNK = 20_000;

  private final StandaloneConsumer consumer;
  private final Map<RecordCoordinates, ConsumerRecord<byte[], byte[]>> kept =
      new LinkedHashMap<>(64, 0.75f, true);
  private long keptBytes;

  /**
   * Opens the consumer.
   *
   * @param kafka settings of the client
   */
  public RecordLookup(Map<String, String> kafka) {
    this(StandaloneConsumer.open(ClientIds.forUse(kafka, "lookup"), OVERRIDES));
  }

  /** Takes the consumer over. */
  RecordLookup(StandaloneConsumer consumer) {
    this.consumer = consumer;
  }

  /**
   * The record at these coordinates.
   *
   * @throws RecordNotFoundException if there is none, saying why
   */
  public ConsumerRecord<byte[], byte[]> fetch(RecordCoordinates at) {
    ConsumerRecord<byte[], byte[]> record = kept.get(at);
    if (record != null) {
      return record;
    }
    try {
      return read(at);
    } catch (OffsetOutOfRangeException e) {
      throw RecordNotFoundException.expired(at + " has expired while it was fetched", e);
    }
  }

  /** Whether there is such a topic. */
  public boolean exists(String topic) {
    return partitions(topic) > 0;
  }

  /** How many partitions a topic has; 0 if there is none of that name. */
  public int partitions(String topic) {
    return consumer.partitions(topic).size();
  }

  /**
   * Looks through a partition, the newest record first.
   *
   * @param most how many offsets it looks at, at most
   * @param wanted is asked about every record, in no particular order
   * @param goesOn is asked now and then; false ends it
   * @param each takes what is wanted, newest first; false ends it
   * @return whether it looked at everything that the partition holds, or was ended by {@code each}
   */
  public boolean newestFirst(
      TopicPartition partition,
      long most,
      Predicate<ConsumerRecord<byte[], byte[]>> wanted,
      BooleanSupplier goesOn,
      Predicate<ConsumerRecord<byte[], byte[]>> each) {
    long begin = consumer.beginnings(List.of(partition)).get(partition);
    long end = consumer.ends(List.of(partition)).get(partition);
    long last = Math.max(begin, end - most);
    long chunk = FIRST_CHUNK;
    while (end > last && goesOn.getAsBoolean()) {
      long from = Math.max(last, end - chunk);
      for (ConsumerRecord<byte[], byte[]> record : newestFirst(partition, from, end, wanted)) {
        if (!each.test(record)) {
          return true;
        }
      }
      end = from;
      chunk = Math.min(LARGEST_CHUNK, chunk * 2);
    }
    return end <= begin;
  }

  /** What is wanted of the offsets up to {@code to}, that one not included. */
  private Deque<ConsumerRecord<byte[], byte[]>> newestFirst(
      TopicPartition partition,
      long from,
      long to,
      Predicate<ConsumerRecord<byte[], byte[]>> wanted) {
    Deque<ConsumerRecord<byte[], byte[]>> found = new ArrayDeque<>();
    consumer.assign(Map.of(partition, from));
    int silent = 0;
    while (consumer.position(partition) < to) {
      long before = consumer.position(partition);
      try {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          if (record.offset() < to && wanted.test(record)) {
            found.push(record);
          }
        }
      } catch (OffsetOutOfRangeException e) {
        // It has expired meanwhile; what is left begins later.
        long begin = consumer.beginnings(List.of(partition)).get(partition);
        consumer.assign(Map.of(partition, Math.max(begin, from)));
      }
      silent = consumer.position(partition) > before ? 0 : silent + 1;
      if (silent > PATIENCE_POLLS) {
        throw new TimeoutException(partition + " cannot be read: the broker sends nothing");
      }
    }
    return found;
  }

  @Override
  public void close() {
    consumer.close();
  }

  private ConsumerRecord<byte[], byte[]> read(RecordCoordinates at) {
    TopicPartition partition = new TopicPartition(at.topic(), at.partition());
    requirePartition(partition);
    long begin = consumer.beginnings(List.of(partition)).get(partition);
    long end = consumer.ends(List.of(partition)).get(partition);
    if (at.offset() < begin) {
      throw RecordNotFoundException.expired(
          at + " has expired: its partition begins at " + begin, null);
    }
    if (at.offset() >= end) {
      throw new RecordNotFoundException(
          at + " is not there: what is committed in its partition ends before " + end);
    }
    consumer.assign(Map.of(partition, at.offset()));
    for (int polls = 0; polls < PATIENCE_POLLS; polls++) {
      consumer.poll(POLL).forEach(this::keep);
      ConsumerRecord<byte[], byte[]> record = kept.get(at);
      if (record != null) {
        return record;
      }
      if (consumer.position(partition) > at.offset()) {
        throw new RecordNotFoundException(
            at + " holds no record: compacted away, of an aborted transaction, or the mark of one");
      }
    }
    throw new TimeoutException(at + " cannot be fetched: the broker sends nothing");
  }

  private void requirePartition(TopicPartition partition) {
    int partitions = partitions(partition.topic());
    if (partitions == 0) {
      throw new RecordNotFoundException("there is no topic " + partition.topic());
    }
    if (partition.partition() < 0 || partition.partition() >= partitions) {
      throw new RecordNotFoundException("there is no partition " + partition);
    }
  }

  private void keep(ConsumerRecord<byte[], byte[]> record) {
    if (kept.put(RecordCoordinates.of(record), record) == null) {
      keptBytes += size(record);
    }
    Iterator<ConsumerRecord<byte[], byte[]>> eldest = kept.values().iterator();
    while (keptBytes > KEPT_BYTES && kept.size() > 1) {
      keptBytes -= size(eldest.next());
      eldest.remove();
    }
  }

  private static long size(ConsumerRecord<byte[], byte[]> record) {
    return Math.max(0, record.serializedKeySize())
        + (long) Math.max(0, record.serializedValueSize());
  }
}
