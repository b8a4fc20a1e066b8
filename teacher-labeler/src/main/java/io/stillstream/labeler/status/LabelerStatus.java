package io.stillstream.labeler.status;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/**
 * The state of the loop at one moment. The loop publishes a new one at each change. Times are
 * nanoseconds of the loop's clock.
 *
 * @param polledAt end of the last poll, or the start if there was none
 * @param registryError why the registry does not answer; empty if it does
 * @param teacherError why a teacher's server does not answer; empty if it does
 * @param brokerError why the last transaction was aborted; empty once that has been recovered from
 * @param schemaRegistered whether the schema of what is written has been registered
 * @param unresolvedOffsets assigned partitions whose committed offset is not known yet
 * @param unresolvedSince since when there have been any, if there are any
 */
public record LabelerStatus(
    long polledAt,
    Optional<String> registryError,
    Optional<String> teacherError,
    Optional<String> brokerError,
    boolean schemaRegistered,
    Set<TopicPartition> unresolvedOffsets,
    long unresolvedSince) {
  public LabelerStatus {
    unresolvedOffsets = Set.copyOf(unresolvedOffsets);
  }

  /** The state before the first poll. */
  public static LabelerStatus starting(long now) {
    return new LabelerStatus(
        now, Optional.empty(), Optional.empty(), Optional.empty(), false, Set.of(), now);
  }

  public LabelerStatus withPoll(long now) {
    return new LabelerStatus(
        now,
        registryError,
        teacherError,
        brokerError,
        schemaRegistered,
        unresolvedOffsets,
        unresolvedSince);
  }

  public LabelerStatus withRegistryError(Optional<String> error) {
    return new LabelerStatus(
        polledAt,
        error,
        teacherError,
        brokerError,
        schemaRegistered,
        unresolvedOffsets,
        unresolvedSince);
  }

  public LabelerStatus withTeacherError(Optional<String> error) {
    return new LabelerStatus(
        polledAt,
        registryError,
        error,
        brokerError,
        schemaRegistered,
        unresolvedOffsets,
        unresolvedSince);
  }

  public LabelerStatus withBrokerError(Optional<String> error) {
    return new LabelerStatus(
        polledAt,
        registryError,
        teacherError,
        error,
        schemaRegistered,
        unresolvedOffsets,
        unresolvedSince);
  }

  public LabelerStatus withSchemaRegistered() {
    return new LabelerStatus(
        polledAt,
        registryError,
        teacherError,
        brokerError,
        true,
        unresolvedOffsets,
        unresolvedSince);
  }

  /** The time of the first ones is kept until all partitions have an offset. */
  public LabelerStatus withUnresolvedOffsets(Set<TopicPartition> partitions, long now) {
    return new LabelerStatus(
        polledAt,
        registryError,
        teacherError,
        brokerError,
        schemaRegistered,
        partitions,
        unresolvedOffsets.isEmpty() ? now : unresolvedSince);
  }

  public Duration sincePoll(long now) {
    return Duration.ofNanos(now - polledAt);
  }

  /** The partitions without an offset, if there have been any for longer than this. */
  Set<TopicPartition> unresolvedFor(Duration time, long now) {
    return now - unresolvedSince <= time.toNanos() ? Set.of() : unresolvedOffsets;
  }
}
