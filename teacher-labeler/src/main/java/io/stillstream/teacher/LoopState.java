package io.stillstream.teacher;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/** What the loop lets others see of itself. Written by one thread, read by any. */
final class LoopState {
  private final LongSupplier nanoTime;
  private volatile long polledAt;
  private volatile String registryTrouble;
  private volatile String brokerTrouble;
  private volatile boolean prepared;

  LoopState(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.polledAt = nanoTime.getAsLong();
  }

  void polled() {
    polledAt = nanoTime.getAsLong();
  }

  Duration sincePoll() {
    return Duration.ofNanos(nanoTime.getAsLong() - polledAt);
  }

  /** The registry does not answer; null when it does again. */
  void registryTrouble(String trouble) {
    registryTrouble = trouble;
  }

  Optional<String> registryTrouble() {
    return Optional.ofNullable(registryTrouble);
  }

  /** A transaction failed and is being made up for; null when it has been. */
  void brokerTrouble(String trouble) {
    brokerTrouble = trouble;
  }

  Optional<String> brokerTrouble() {
    return Optional.ofNullable(brokerTrouble);
  }

  /** The schema of what is written has been registered. */
  void nowPrepared() {
    prepared = true;
  }

  boolean isPrepared() {
    return prepared;
  }
}
