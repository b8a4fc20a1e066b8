package io.stillstream.labeler.input;

import io.stillstream.labeler.batching.BatchCloseReason;
import io.stillstream.labeler.metrics.LabelerMetrics;
import io.stillstream.runtime.kafka.OffsetResetPolicy;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Polls records, keeps them until they make a batch, and knows which of them are still current.
 * Belongs to one thread, except {@link #secondsSinceHeartbeat}.
 */
public final class BatchingConsumer implements AutoCloseable {
  private final Consumer<byte[], byte[]> consumer;
  private final OffsetResetPolicy offsetReset;
  private final String topic;
  private final DynamicBatcher batcher;
  private final LabelerMetrics metrics;
  private final PartitionEpochs epochs = new PartitionEpochs();

  /** Assigned partitions whose committed offset the group had not reported at the last check. */
  private final Set<TopicPartition> unresolved = new LinkedHashSet<>();

  private boolean paused;

  /**
   * @param offsetReset where to go on where the group's offset does not exist
   */
  public BatchingConsumer(
      Consumer<byte[], byte[]> consumer,
      OffsetResetPolicy offsetReset,
      String topic,
      DynamicBatcher batcher,
      LabelerMetrics metrics) {
    this.consumer = consumer;
    this.offsetReset = offsetReset;
    this.topic = topic;
    this.batcher = batcher;
    this.metrics = metrics;
  }

  /**
   * Joins the group.
   *
   * @param listener passes each change on to {@link #assigned} or {@link #revoked}
   */
  public void subscribe(ConsumerRebalanceListener listener) {
    consumer.subscribe(List.of(topic), listener);
  }

  /** Whether a full batch waits, so that nothing more is to be fetched. */
  public boolean isFull() {
    return batcher.isFull();
  }

  /**
   * Fetches records.
   *
   * @throws io.stillstream.runtime.kafka.RecordsLostException if a partition ends before the
   *     group's offset
   */
  public void poll(Duration timeout) {
    ConsumerRecords<byte[], byte[]> records;
    try {
      records = consumer.poll(timeout);
    } catch (InvalidOffsetException e) {
      offsetReset.apply(consumer, e);
      return;
    }
    for (ConsumerRecord<byte[], byte[]> record : records) {
      TopicPartition partition = new TopicPartition(record.topic(), record.partition());
      batcher.add(record, epochs.fetched(partition, record.offset()));
    }
  }

  /** Polls with every partition paused, so that slow work does not cost the membership. */
  public void keepAlive(Duration timeout) {
    paused = true;
    consumer.pause(consumer.assignment());
    try {
      poll(timeout);
    } finally {
      paused = false;
      consumer.resume(consumer.paused());
    }
  }

  /** The next batch if one is full or overdue, otherwise nothing. */
  public List<ConsumedRecord> next() {
    BatchCloseReason reason = batcher.isFull() ? BatchCloseReason.FULL : BatchCloseReason.DELAY;
    return counted(batcher.next(), reason);
  }

  /** The next batch whether or not it is due; nothing when no record waits. */
  public List<ConsumedRecord> drain() {
    return counted(batcher.drain(), BatchCloseReason.DRAIN);
  }

  /** How long until {@link #next} has a batch; empty if no record waits. */
  public Optional<Duration> untilNext() {
    return batcher.untilNext();
  }

  /** Records that wait for their batch. */
  public int pending() {
    return batcher.pending();
  }

  /** Whether a record's partition has been revoked or rewound since the record was polled. */
  public boolean isStale(ConsumedRecord record) {
    return epochs.isStale(record.partition(), record.epoch());
  }

  /**
   * Goes back to the last committed position of every partition, and drops what has been fetched
   * since. To be called when no transaction is open.
   */
  public void rewind() {
    epochs.startNewEpochs();
    batcher.discardIf(this::isStale);
    Set<TopicPartition> partitions = consumer.assignment();
    Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(partitions);
    for (TopicPartition partition : partitions) {
      OffsetAndMetadata position = committed.get(partition);
      if (position != null) {
        consumer.seek(partition, position);
      } else {
        epochs.firstFetchedOffset(partition).ifPresent(first -> consumer.seek(partition, first));
      }
    }
  }

  /**
   * Assigned partitions whose committed offset the group has not reported yet. Usually there are
   * some for a moment. A transaction that hangs in the group's offsets keeps them here, while polls
   * return nothing and throw nothing.
   */
  public Set<TopicPartition> unresolvedOffsets() {
    unresolved.removeIf(this::hasOffset);
    return Set.copyOf(unresolved);
  }

  public ConsumerGroupMetadata group() {
    return consumer.groupMetadata();
  }

  /** Time since a broker last answered this member; empty before the first time. */
  public OptionalDouble secondsSinceHeartbeat() {
    return consumer.metrics().values().stream()
        .filter(metric -> metric.metricName().name().equals("last-heartbeat-seconds-ago"))
        .map(Metric::metricValue)
        .filter(Double.class::isInstance)
        .mapToDouble(Double.class::cast)
        .filter(seconds -> seconds >= 0)
        .findFirst();
  }

  /** To be called by the rebalance listener, within a poll. */
  public void assigned(Collection<TopicPartition> partitions) {
    epochs.assigned(partitions);
    unresolved.addAll(partitions);
    if (paused) {
      consumer.pause(partitions);
    }
  }

  /** Drops the records of partitions that are revoked or lost; otherwise as {@link #assigned}. */
  public void revoked(Collection<TopicPartition> partitions) {
    epochs.revoked(partitions);
    unresolved.removeAll(partitions);
    batcher.discardIf(this::isStale);
  }

  /** Leaves the group, a static member too: other members take over at once. */
  @Override
  public void close() {
    consumer.close(
        CloseOptions.groupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP)
            .withTimeout(Duration.ofSeconds(10)));
  }

  private boolean hasOffset(TopicPartition partition) {
    try {
      long unused = consumer.position(partition, Duration.ZERO);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InvalidOffsetException e) {
      offsetReset.apply(consumer, e);
      return true;
    }
  }

  private List<ConsumedRecord> counted(List<ConsumedRecord> batch, BatchCloseReason reason) {
    if (!batch.isEmpty()) {
      metrics.batchClosed(reason, batch.size());
    }
    return batch;
  }
}
