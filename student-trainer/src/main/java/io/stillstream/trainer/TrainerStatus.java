package io.stillstream.trainer;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/** What other threads may see of the loop. */
final class TrainerStatus {
  private final LongSupplier nanos;
  private volatile long steps;
  private volatile long viewsSeen;
  private volatile long releaseVersion;
  private volatile boolean resumed;
  private volatile long lastTurnNanos;
  private volatile String trouble;
  private volatile boolean reading;
  private volatile long lag;
  private volatile boolean confusionWanted;
  private volatile int[][] confusion;

  /**
   * @param nanos a clock for durations
   */
  TrainerStatus(LongSupplier nanos) {
    this.nanos = nanos;
  }

  void trained(long allSteps, long allViews) {
    steps = allSteps;
    viewsSeen = allViews;
  }

  void released(long version) {
    releaseVersion = version;
  }

  void opened(boolean fromCheckpoint) {
    resumed = fromCheckpoint;
  }

  /** The loop has come round, or got on with something that takes longer: it is alive. */
  void turn() {
    lastTurnNanos = nanos.getAsLong();
  }

  void reading() {
    reading = true;
  }

  /** Why the last saving failed; null when it did not. */
  void trouble(String reason) {
    trouble = reason;
  }

  /** So many views wait. */
  void waiting(long views) {
    lag = views;
  }

  /** Whether somebody looks at the confusion. */
  boolean isConfusionWanted() {
    return confusionWanted;
  }

  /** As it is now, and not to be changed any more: [label][answer]. */
  void confused(int[][] counts) {
    confusion = counts;
    confusionWanted = false;
  }

  long lag() {
    return lag;
  }

  /** As it was soon after the call before; empty at the first one. */
  Optional<int[][]> confusion() {
    confusionWanted = true;
    return Optional.ofNullable(confusion);
  }

  long steps() {
    return steps;
  }

  long viewsSeen() {
    return viewsSeen;
  }

  long releaseVersion() {
    return releaseVersion;
  }

  boolean isResumed() {
    return resumed;
  }

  Duration sinceTurn() {
    return Duration.ofNanos(nanos.getAsLong() - lastTurnNanos);
  }

  boolean isReading() {
    return reading;
  }

  Optional<String> trouble() {
    return Optional.ofNullable(trouble);
  }
}
