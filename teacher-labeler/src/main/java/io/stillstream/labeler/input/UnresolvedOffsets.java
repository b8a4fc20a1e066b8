package io.stillstream.labeler.input;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Partitions that are ours and whose offset to begin at the group has not told yet. Usually there
 * are some for a moment; a transaction that hangs in the group's offsets keeps them here, while
 * polls return nothing and throw nothing. Belongs to the consumer's thread.
 */
final class UnresolvedOffsets {
  private final Consumer<?, ?> consumer;
  private final Set<TopicPartition> partitions = new LinkedHashSet<>();

  UnresolvedOffsets(Consumer<?, ?> consumer) {
    this.consumer = consumer;
  }

  void assigned(Collection<TopicPartition> added) {
    partitions.addAll(added);
  }

  void revoked(Collection<TopicPartition> gone) {
    partitions.removeAll(gone);
  }

  /** Those that are still without an offset, now. */
  Set<TopicPartition> current() {
    partitions.removeIf(this::isResolved);
    return Set.copyOf(partitions);
  }

  private boolean isResolved(TopicPartition partition) {
    try {
      long unused = consumer.position(partition, Duration.ZERO);
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }
}
