package io.stillstream.trainer.gate;

import io.stillstream.trainer.config.TrainerConfig.OnTopicChange;
import io.stillstream.trainer.kafka.TopicChange;
import java.util.HashMap;
import java.util.Map;

/** By partition, the first offset that the next release covers. */
final class CoveredOffsets {
  private final Map<Integer, Long> from = new HashMap<>();

  /** The last release covers everything before these offsets. */
  void covered(Map<Integer, Long> offsets) {
    from.putAll(offsets);
  }

  /** Reading of a partition began; ignored where the last release ended in it. */
  void partitionStarted(int partition, long offset) {
    from.putIfAbsent(partition, offset);
  }

  /** Partitions are read from other offsets; with {@code keep} the offsets are the same. */
  void topicChanged(TopicChange change) {
    if (change.went() == OnTopicChange.KEEP) {
      return;
    }
    if (change.isOtherTopic()) {
      from.keySet().retainAll(change.begins().keySet());
    }
    from.putAll(change.begins());
  }

  Map<Integer, Long> from() {
    return from;
  }
}
