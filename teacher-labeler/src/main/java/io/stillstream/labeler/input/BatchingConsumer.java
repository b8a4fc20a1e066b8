package io.stillstream.labeler.input;

import io.stillstream.labeler.batching.DynamicBatcher;
import io.stillstream.labeler.batching.InferenceBatch;
import java.time.Duration;
import java.util.Collection;
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
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.TopicPartition;

/**
 * What comes in: polls, holds records until they make a batch, and knows which of them are still
 * ours. Belongs to one thread, but for {@link #secondsSinceHeartbeat}.
 */
public final class BatchingConsumer implements ConsumerRebalanceListener, AutoCloseable {
  private final Consumer<byte[], byte[]> consumer;
  private final DynamicBatcher<ConsumedRecord> batcher;
  private final PartitionEpochs assignment = new PartitionEpochs();
  private final UnresolvedOffsets unplaced;
  private RebalanceHandler handler;
  private boolean paused;

  public BatchingConsumer(
      Consumer<byte[], byte[]> consumer, DynamicBatcher<ConsumedRecord> batcher) {
    this.consumer = consumer;
    this.unplaced = new UnresolvedOffsets(consumer);
    this.batcher = batcher;
  }

  /** What to do about a transaction under way when partitions go. Must not throw. */
  public interface RebalanceHandler {
    /** Partitions are about to go to others, in good order: commit. */
    void beforeRevoke();

    /** Partitions have gone already: abort. */
    void onLost();
  }

  public void subscribe(String topic, RebalanceHandler rebalanceHandler) {
    handler = rebalanceHandler;
    consumer.subscribe(List.of(topic), this);
  }

  /** Whether a full batch waits, so that nothing more is to be fetched. */
  public boolean isFull() {
    return batcher.isFull();
  }

  /** Fetches more. */
  public void poll(Duration timeout) {
    receive(timeout);
  }

  /** Polls with every partition paused, as slow work must not cost the membership. */
  public void keepAlive(Duration timeout) {
    paused = true;
    consumer.pause(consumer.assignment());
    try {
      receive(timeout);
    } finally {
      paused = false;
      consumer.resume(consumer.paused());
    }
  }

  public Optional<InferenceBatch<ConsumedRecord>> next() {
    return batcher.next();
  }

  public Optional<InferenceBatch<ConsumedRecord>> drain() {
    return batcher.drain();
  }

  public Optional<Duration> untilNext() {
    return batcher.untilNext();
  }

  public int pending() {
    return batcher.pending();
  }

  /** Whether a record's partition has been away or rewound since it was fetched. */
  public boolean isStale(ConsumedRecord fetched) {
    return assignment.isStale(fetched.partition(), fetched.epoch());
  }

  /**
   * Goes back to the last committed position of every partition, and forgets what has been fetched
   * since. To be called when no transaction is open.
   */
  public void rewind() {
    assignment.startNewEpochs();
    batcher.discardIf(this::isStale);
    Set<TopicPartition> partitions = consumer.assignment();
    Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(partitions);
    for (TopicPartition partition : partitions) {
      OffsetAndMetadata position = committed.get(partition);
      if (position != null) {
        consumer.seek(partition, position);
      } else {
        assignment
            .firstFetchedOffset(partition)
            .ifPresent(first -> consumer.seek(partition, first));
      }
    }
  }

  /** Partitions that are ours, and that the group has told no offset of yet. */
  public Set<TopicPartition> unresolvedOffsets() {
    return unplaced.current();
  }

  public ConsumerGroupMetadata group() {
    return consumer.groupMetadata();
  }

  /** Since a broker last answered this member of the group; empty before the first time. */
  public OptionalDouble secondsSinceHeartbeat() {
    return consumer.metrics().values().stream()
        .filter(metric -> metric.metricName().name().equals("last-heartbeat-seconds-ago"))
        .map(Metric::metricValue)
        .filter(Double.class::isInstance)
        .mapToDouble(Double.class::cast)
        .filter(seconds -> seconds >= 0)
        .findFirst();
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    assignment.assigned(partitions);
    unplaced.assigned(partitions);
    if (paused) {
      consumer.pause(partitions);
    }
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    handler.beforeRevoke();
    forget(partitions);
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> partitions) {
    handler.onLost();
    forget(partitions);
  }

  /** Leaves the group, a static member too: others take over at once. */
  @Override
  public void close() {
    consumer.close(
        CloseOptions.groupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP)
            .withTimeout(Duration.ofSeconds(10)));
  }

  private void forget(Collection<TopicPartition> partitions) {
    assignment.revoked(partitions);
    unplaced.revoked(partitions);
    batcher.discardIf(this::isStale);
  }

  private void receive(Duration timeout) {
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(timeout)) {
      TopicPartition partition = new TopicPartition(record.topic(), record.partition());
      batcher.add(new ConsumedRecord(record, assignment.fetched(partition, record.offset())));
    }
  }
}
