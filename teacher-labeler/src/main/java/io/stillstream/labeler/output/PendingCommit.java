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
 * The books of the transaction under way: which input it settles and when it is to be committed.
 * Records of a partition are settled in the order of their offsets, so the highest one stands for
 * all before it.
 */
public final class PendingCommit {
  private final long intervalNanos;
  private final LongSupplier nanoTime;
  private final Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
  private final List<CommittedCount> settlements = new ArrayList<>();
  private long openedAt;

  public PendingCommit(Duration commitInterval, LongSupplier nanoTime) {
    this.intervalNanos = commitInterval.toNanos();
    this.nanoTime = nanoTime;
  }

  /** Enters a record; the first one opens the transaction. */
  void add(ConsumerRecord<?, ?> record, CommittedCount settlement) {
    if (!isOpen()) {
      openedAt = nanoTime.getAsLong();
    }
    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
    OffsetAndMetadata next = new OffsetAndMetadata(record.offset() + 1, record.leaderEpoch(), "");
    OffsetAndMetadata last = offsets.put(partition, next);
    if (last != null && last.offset() > record.offset()) {
      throw new IllegalStateException(
          partition + " settled at " + record.offset() + " after " + (last.offset() - 1));
    }
    settlements.add(settlement);
  }

  boolean isOpen() {
    return !settlements.isEmpty();
  }

  /** How long until it is to be committed, zero if it is due; empty if none is open. */
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

  List<CommittedCount> settlements() {
    return List.copyOf(settlements);
  }

  /** Closes the books, after a commit or an abort. */
  void clear() {
    offsets.clear();
    settlements.clear();
  }
}
