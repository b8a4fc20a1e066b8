package io.stillstream.trainer.kafka;

import io.stillstream.runtime.config.StartupException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The trainer's offsets in its consumer group. They are for lag dashboards: the trainer never
 * begins at them. Each carries the name of its student, so that a second student in the group is
 * noticed, whose offsets would replace them. For one thread.
 */
public final class GroupOffsets {
  private static final Logger LOG = LoggerFactory.getLogger(GroupOffsets.class);
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final String STUDENT = "student=";

  private final Consumer<byte[], byte[]> consumer;
  private final String groupId;
  private final String student;

  /**
   * @param consumer of the group, which stays the caller's
   */
  public GroupOffsets(Consumer<byte[], byte[]> consumer, String groupId, String student) {
    this.consumer = consumer;
    this.groupId = groupId;
    this.student = student;
  }

  /**
   * Looks for offsets of another student. Those without a name do not count.
   *
   * @throws StartupException if there are any, with the setting to change
   */
  public void requireOwn(String topic) {
    Set<TopicPartition> partitions = new HashSet<>();
    for (PartitionInfo partition : consumer.partitionsFor(topic)) {
      partitions.add(new TopicPartition(topic, partition.partition()));
    }
    for (OffsetAndMetadata offset : committed(partitions).values()) {
      String owner = offset == null ? "" : offset.metadata();
      if (owner.startsWith(STUDENT) && !owner.equals(STUDENT + student)) {
        throw new StartupException(
            """
            group-id: %s has offsets of the student %s, and this is %s: each student needs a group of its own
              If there is no %2$s any more: kafka-consumer-groups.sh --delete-offsets --group %1$s --topic %s"""
                .formatted(groupId, owner.substring(STUDENT.length()), student, topic));
      }
    }
  }

  private Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions) {
    try {
      return consumer.committed(partitions, PATIENCE);
    } catch (TimeoutException e) {
      // Training does not depend on them.
      LOG.atWarn()
          .addKeyValue("group", groupId)
          .log("Brokers do not tell whose offsets are in the group");
      return Map.of();
    }
  }

  /** Commits; what fails is not tried again, since later offsets follow. */
  void commit(Map<TopicPartition, Long> positions) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    positions.forEach(
        (partition, offset) ->
            offsets.put(partition, new OffsetAndMetadata(offset, STUDENT + student)));
    consumer.commitAsync(
        offsets,
        (committed, failure) -> {
          if (failure != null) {
            LOG.atDebug().addKeyValue("cause", failure.toString()).log("Lag is not up to date");
          }
        });
  }
}
