package io.stillstream.labeler.output;

import io.stillstream.labeler.result.EncodedResult.CommittedCount;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * The state of the open transaction: which offsets it commits, what it will count, and when it is
 * due. Results of a partition are added in the order of their offsets, so the highest offset covers
 * all before it.
 */
public final class PendingCommit {
  private final long intervalNanos;
  private final LongSupplier nanoTime;
  private final Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
  private final List<CommittedCount> counts = new ArrayList<>();
  private long openedAt;

  public PendingCommit(Duration commitInterval, LongSupplier nanoTime) {
    this.intervalNanos = commitInterval.toNanos();
    this.nanoTime = nanoTime;
  }

  /** Adds a record; the first one opens the transaction. */
  void add(ConsumerRecord<?, ?> record, CommittedCount count) {
    if (!isOpen()) {
      openedAt = nanoTime.getAsLong();
    }
    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
    OffsetAndMetadata next = new OffsetAndMetadata(record.offset() + 1, record.leaderEpoch(), "");
    OffsetAndMetadata last = offsets.put(partition, next);
    if (last != null && last.offset() > record.offset()) {
      throw new IllegalStateException(
          partition + " sent at " + record.offset() + " after " + (last.offset() - 1));
    }
    counts.add(count);
  }

  boolean isOpen() {
    return !counts.isEmpty();
  }

  /** How long until the commit is due, zero if it is; empty if no transaction is open. */
  Optional<Duration> untilDue() {
    return isOpen()
        ? Optional.of(
            Duration.ofNanos(Math.max(0, intervalNanos - (nanoTime.getAsLong() - openedAt))))
        : Optional.empty();
  }

  /** For each partition the next offset to read. */
  Map<TopicPartition, OffsetAndMetadata> offsets() {
    return Map.copyOf(offsets);
  }

  List<CommittedCount> counts() {
    return List.copyOf(counts);
  }

  /** Resets it, after a commit or an abort. */
  void clear() {
    offsets.clear();
    counts.clear();
  }
}
