package io.stillstream.labeler.input;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;

/**
 * Which partitions are ours, and since when. A record fetched under an earlier tenure of its
 * partition is stale: the partition has been away in between, or has been rewound, so the record is
 * someone else's or will come again.
 */
final class PartitionEpochs {
  private final Map<TopicPartition, Epoch> tenures = new HashMap<>();
  private long next;

  void assigned(Collection<TopicPartition> partitions) {
    partitions.forEach(partition -> tenures.put(partition, new Epoch(next++)));
  }

  void revoked(Collection<TopicPartition> partitions) {
    partitions.forEach(tenures::remove);
  }

  /** Starts a new tenure of every partition that is ours; where each began is remembered. */
  void startNewEpochs() {
    tenures.values().forEach(tenure -> tenure.number = next++);
  }

  /** Notes that a record of a partition that is ours has been fetched; returns its tenure. */
  long fetched(TopicPartition partition, long offset) {
    Epoch tenure = tenures.computeIfAbsent(partition, added -> new Epoch(next++));
    if (tenure.first < 0) {
      tenure.first = offset;
    }
    return tenure.number;
  }

  boolean isStale(TopicPartition partition, long tenure) {
    Epoch current = tenures.get(partition);
    return current == null || current.number != tenure;
  }

  /**
   * The first offset fetched since the partition became ours: where to go back to if its group has
   * never committed anything. Empty if nothing has been fetched.
   */
  OptionalLong firstFetchedOffset(TopicPartition partition) {
    Epoch tenure = tenures.get(partition);
    return tenure == null || tenure.first < 0
        ? OptionalLong.empty()
        : OptionalLong.of(tenure.first);
  }

  private static final class Epoch {
    private long number;
    private long first = -1;

    private Epoch(long number) {
      this.number = number;
    }
  }
}
