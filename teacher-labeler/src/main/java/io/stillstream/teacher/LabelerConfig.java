package io.stillstream.teacher;

import io.stillstream.runtime.Default;
import io.stillstream.runtime.ManagementSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * Settings of the labeler; the README describes each.
 *
 * @param kafka passed to clients, serialiser and registry client verbatim
 * @param topics names of topics
 * @param groupId consumer group
 * @param instanceId name of this instance, unique within the group and the same after a restart
 * @param teacher model directory, or its .pt file
 * @param batch when a batch closes
 * @param commitInterval how long a transaction stays open
 * @param threads libtorch's threads within an operator
 * @param management where the management endpoint listens
 */
public record LabelerConfig(
    Map<String, String> kafka,
    TopicNames topics,
    @Default("teacher-labeler") String groupId,
    @Default("0") String instanceId,
    Path teacher,
    BatchSettings batch,
    @Default("200ms") Duration commitInterval,
    @Default("1") int threads,
    @Default("{port: 9402}") ManagementSettings management) {

  /** Beyond this a transaction would come near the broker's time-out for it, a minute. */
  private static final Duration LONGEST_COMMIT_INTERVAL = Duration.ofSeconds(20);

  public LabelerConfig {
    kafka = Map.copyOf(kafka);
    if (groupId.isBlank()) {
      throw new IllegalArgumentException("group-id must not be empty");
    }
    if (instanceId.isBlank()) {
      throw new IllegalArgumentException("instance-id must not be empty");
    }
    if (commitInterval.isNegative() || commitInterval.compareTo(LONGEST_COMMIT_INTERVAL) > 0) {
      throw new IllegalArgumentException(
          "commit-interval must be between 0s and 20s, was " + commitInterval.toMillis() + "ms");
    }
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, was " + threads);
    }
  }

  /** The producer's transactional id, and with it this instance's identity to the broker. */
  String transactionalId() {
    return groupId + "-" + instanceId;
  }

  /** Names of the topics that the labeler reads and writes. */
  public record TopicNames(
      @Default("views") String views,
      @Default("labeled-views") String labeledViews,
      @Default("dead-letters") String deadLetters) {}

  /** A batch closes at this size, or when its oldest view has waited this long. */
  public record BatchSettings(@Default("128") int maxSize, @Default("50ms") Duration maxDelay) {
    public BatchSettings {
      if (maxSize < 1) {
        throw new IllegalArgumentException("max-size must be at least 1, was " + maxSize);
      }
      if (maxDelay.isNegative()) {
        throw new IllegalArgumentException(
            "max-delay must not be negative, was " + maxDelay.toMillis() + "ms");
      }
    }
  }
}
