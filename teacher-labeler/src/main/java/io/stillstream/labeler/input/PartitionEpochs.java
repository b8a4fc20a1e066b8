package io.stillstream.labeler.input;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;

/**
 * The epoch of each assigned partition: a number that changes when the partition is assigned or
 * rewound. A record polled in an earlier epoch is stale: another member reads it, or it will be
 * polled again.
 */
final class PartitionEpochs {
  private final Map<TopicPartition, Epoch> epochs = new HashMap<>();
  private long next;

  void assigned(Collection<TopicPartition> partitions) {
    partitions.forEach(partition -> epochs.put(partition, new Epoch(next++)));
  }

  void revoked(Collection<TopicPartition> partitions) {
    partitions.forEach(epochs::remove);
  }

  /** Starts a new epoch of every assigned partition; the first fetched offsets are kept. */
  void startNewEpochs() {
    epochs.values().forEach(epoch -> epoch.number = next++);
  }

  /** Notes that a record of an assigned partition has been polled; returns its epoch. */
  long fetched(TopicPartition partition, long offset) {
    Epoch epoch = epochs.computeIfAbsent(partition, added -> new Epoch(next++));
    if (epoch.first < 0) {
      epoch.first = offset;
    }
    return epoch.number;
  }

  boolean isStale(TopicPartition partition, long epoch) {
    Epoch current = epochs.get(partition);
    return current == null || current.number != epoch;
  }

  /**
   * The first offset polled since the partition was assigned: the position to go back to if its
   * group has never committed an offset. Empty if nothing has been polled.
   */
  OptionalLong firstFetchedOffset(TopicPartition partition) {
    Epoch epoch = epochs.get(partition);
    return epoch == null || epoch.first < 0 ? OptionalLong.empty() : OptionalLong.of(epoch.first);
  }

  private static final class Epoch {
    private long number;
    private long first = -1;

    private Epoch(long number) {
      this.number = number;
    }
  }
}
