package io.stillstream.trainer.kafka;

import io.stillstream.trainer.config.TrainerConfig.OnTopicChange;
import io.stillstream.trainer.kafka.TopicChange.Reason;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/**
 * Decides where reading a partition begins: at its offset in the checkpoint if the topic is still
 * the same, else as the settings say. For one thread.
 */
final class StartOffsets {
  private final MergedConsumer merged;
  private final TopicIdentityVerifier identity;
  private final OffsetGaps gaps;

  /** Offsets in the checkpoint of partitions that are not read yet. */
  private final Map<Integer, Long> saved = new HashMap<>();

  StartOffsets(MergedConsumer merged, TopicIdentityVerifier identity, OffsetGaps gaps) {
    this.merged = merged;
    this.identity = identity;
    this.gaps = gaps;
  }

  /**
   * Where reading begins.
   *
   * @param begins by partition, the first offset to read
   * @param change how the topic differs from the one in the checkpoint; empty if it does not
   */
  record Resolution(Map<Integer, Long> begins, Optional<TopicChange> change) {}

  /** Adds offsets of a checkpoint. */
  void add(Map<Integer, Long> offsets) {
    saved.putAll(offsets);
  }

  /**
   * Resolves the offsets of partitions; those without an offset begin with their first record.
   *
   * @param otherTopic why the topic is another one; empty if it is the same
   * @throws OffsetGapException if records are gone, and the settings say to stop
   * @throws TopicChangedException if a partition ends before its offset, and the settings say to
   *     stop
   */
  Resolution resolve(Set<TopicPartition> partitions, Optional<Reason> otherTopic) {
    Map<TopicPartition, Long> first = merged.firstOffsets(partitions);
    Map<TopicPartition, Long> end = merged.endOffsets(partitions);
    OnTopicChange onChange = identity.onChange();
    Map<Integer, Long> begins = new HashMap<>();
    Map<Integer, Long> beyondEnd = new HashMap<>();
    for (TopicPartition partition : partitions) {
      long begin = first.get(partition);
      Long wanted = saved.remove(partition.partition());
      if (otherTopic.isPresent() && onChange == OnTopicChange.LATEST) {
        begin = end.get(partition);
      } else if (wanted != null && (otherTopic.isEmpty() || onChange == OnTopicChange.KEEP)) {
        begin = existing(partition, wanted, first.get(partition), end.get(partition));
        if (wanted > end.get(partition)) {
          beyondEnd.put(partition.partition(), begin);
        }
      }
      begins.put(partition.partition(), begin);
    }
    if (otherTopic.isPresent()) {
      if (onChange != OnTopicChange.KEEP) {
        saved.clear();
      }
      return new Resolution(begins, Optional.of(change(otherTopic.get(), begins)));
    }
    return new Resolution(
        begins,
        beyondEnd.isEmpty() ? Optional.empty() : Optional.of(change(Reason.BEYOND_END, beyondEnd)));
  }

  /**
   * Seeks partitions whose offsets do not exist any more to their first records.
   *
   * @param outOfRange the offsets
   * @param truncated whether the partition is known to have lost its end
   * @throws OffsetGapException as above
   * @throws TopicChangedException if a partition ends before its offset
   */
  void reposition(Map<TopicPartition, Long> outOfRange, boolean truncated) {
    Map<TopicPartition, Long> first = merged.firstOffsets(outOfRange.keySet());
    Map<TopicPartition, Long> end = merged.endOffsets(outOfRange.keySet());
    outOfRange.forEach(
        (partition, wanted) -> {
          if (truncated || wanted > end.get(partition)) {
            throw identity.cut(partition, wanted, end.get(partition));
          }
          if (wanted < first.get(partition)) {
            gaps.handle(partition, wanted, first.get(partition));
          }
          merged.seek(partition, Math.max(wanted, first.get(partition)));
        });
  }

  private long existing(TopicPartition partition, long wanted, long first, long end) {
    if (wanted >= first && wanted <= end) {
      return wanted;
    }
    if (wanted > end) {
      return identity.beyondEnd(partition, wanted, first, end);
    }
    gaps.handle(partition, wanted, first);
    return first;
  }

  private TopicChange change(Reason reason, Map<Integer, Long> begins) {
    return new TopicChange(
        reason, identity.saved(), identity.current(), identity.onChange(), Map.copyOf(begins));
  }
}
