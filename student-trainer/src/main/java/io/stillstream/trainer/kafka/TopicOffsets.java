package io.stillstream.trainer.kafka;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** Offsets of one topic, by the number of the partition as checkpoints have it, or by partition. */
final class TopicOffsets {
  private TopicOffsets() {}

  static Map<TopicPartition, Long> byPartition(String topic, Map<Integer, Long> offsets) {
    Map<TopicPartition, Long> partitions = new HashMap<>();
    offsets.forEach(
        (partition, offset) -> partitions.put(new TopicPartition(topic, partition), offset));
    return partitions;
  }

  /** Leaves out those of other topics. */
  static Map<Integer, Long> byNumber(String topic, Map<TopicPartition, Long> partitions) {
    Map<Integer, Long> offsets = new HashMap<>();
    partitions.forEach(
        (partition, offset) -> {
          if (partition.topic().equals(topic)) {
            offsets.put(partition.partition(), offset);
          }
        });
    return offsets;
  }
}
