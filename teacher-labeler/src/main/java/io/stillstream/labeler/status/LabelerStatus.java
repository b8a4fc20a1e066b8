package io.stillstream.labeler.status;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;

/** What the loop lets others see of itself. Written by one thread, read by any. */
public final class LabelerStatus {
  private final LongSupplier nanoTime;
  private final Consumer<Throwable> failures;
  private volatile long polledAt;
  private volatile String registryTrouble;
  private volatile String brokerTrouble;
  private volatile boolean prepared;
  private volatile Unresolved waiting;

  private record Unresolved(Set<TopicPartition> partitions, long since) {}

  public LabelerStatus(LongSupplier nanoTime) {
    this(nanoTime, failure -> {});
  }

  /**
   * @param failures told of every failure for which a transaction was given up
   */
  public LabelerStatus(LongSupplier nanoTime, Consumer<Throwable> failures) {
    this.nanoTime = nanoTime;
    this.failures = failures;
    this.polledAt = nanoTime.getAsLong();
  }

  public void polled() {
    polledAt = nanoTime.getAsLong();
  }

  public Duration sincePoll() {
    return Duration.ofNanos(nanoTime.getAsLong() - polledAt);
  }

  /** The registry does not answer; null when it does again. */
  public void registryError(String trouble) {
    registryTrouble = trouble;
  }

  public Optional<String> registryError() {
    return Optional.ofNullable(registryTrouble);
  }

  /** A transaction failed and is being made up for. */
  public void failed(Throwable failure) {
    // A producer in an error state says no more than that; what brought it there is the cause.
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    brokerTrouble = String.valueOf(root.getMessage());
    failures.accept(failure);
  }

  /** It has been made up for. */
  public void recovered() {
    brokerTrouble = null;
  }

  public Optional<String> brokerError() {
    return Optional.ofNullable(brokerTrouble);
  }

  /** Partitions without an offset to begin at; empty when all have one. */
  public void unresolvedOffsets(Set<TopicPartition> partitions) {
    Unresolved before = waiting;
    long since = before == null ? nanoTime.getAsLong() : before.since;
    waiting = partitions.isEmpty() ? null : new Unresolved(partitions, since);
  }

  /** The same, if there have been any for longer than this. */
  Set<TopicPartition> unresolvedFor(Duration time) {
    Unresolved now = waiting;
    return now == null || nanoTime.getAsLong() - now.since <= time.toNanos()
        ? Set.of()
        : now.partitions;
  }

  /** The schema of what is written has been registered. */
  public void nowPrepared() {
    prepared = true;
  }

  public boolean isPrepared() {
    return prepared;
  }
}
