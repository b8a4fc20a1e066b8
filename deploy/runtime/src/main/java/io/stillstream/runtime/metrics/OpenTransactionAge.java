package io.stillstream.runtime.metrics;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * For how long the first open transaction of each partition has been seen. That is the same
 * transaction for as long as the last stable offset does not move: it is where the transaction
 * begins. Not thread-safe.
 */
final class OpenTransactionAge {
  private final Map<TopicPartition, FirstOpen> open = new HashMap<>();

  private record FirstOpen(long stableOffset, long sinceNanos) {}

  /**
   * Takes notice of a partition.
   *
   * @param stableOffset its last stable offset
   * @param endOffset its end; a transaction is open if it lies behind the last stable offset
   * @param nanos the time, as of {@link System#nanoTime}
   * @return age in nanoseconds; 0 if no transaction is open, or when one is seen first
   */
  long observe(TopicPartition partition, long stableOffset, long endOffset, long nanos) {
    if (stableOffset >= endOffset) {
      open.remove(partition);
      return 0;
    }
    FirstOpen first = open.get(partition);
    if (first == null || first.stableOffset() != stableOffset) {
      first = new FirstOpen(stableOffset, nanos);
      open.put(partition, first);
    }
    return nanos - first.sinceNanos();
  }
}
