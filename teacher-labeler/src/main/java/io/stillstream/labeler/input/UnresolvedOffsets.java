package io.stillstream.labeler.input;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Assigned partitions whose committed offset the group has not reported yet. Usually there are some
 * for a moment. A transaction that hangs in the group's offsets keeps them here, while polls return
 * nothing and throw nothing. Belongs to the consumer's thread.
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

  void revoked(Collection<TopicPartition> removed) {
    partitions.removeAll(removed);
  }

  /** The partitions that have no offset at this moment. */
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
