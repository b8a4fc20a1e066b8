package io.stillstream.trainer.status;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/** What other threads may see of the loop. */
public final class TrainerStatus {
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
  public TrainerStatus(LongSupplier nanos) {
    this.nanos = nanos;
  }

  public void trained(long allSteps, long allViews) {
    steps = allSteps;
    viewsSeen = allViews;
  }

  public void released(long version) {
    releaseVersion = version;
  }

  public void opened(boolean fromCheckpoint) {
    resumed = fromCheckpoint;
  }

  /** The loop has come round, or got on with something that takes longer: it is alive. */
  public void heartbeat() {
    lastTurnNanos = nanos.getAsLong();
  }

  public void reading() {
    reading = true;
  }

  /** Why the last saving failed; null when it did not. */
  public void lastFailure(String reason) {
    trouble = reason;
  }

  /** So many views wait. */
  public void waiting(long views) {
    lag = views;
  }

  /** Whether somebody looks at the confusion. */
  public boolean isConfusionWanted() {
    return confusionWanted;
  }

  /** As it is now, and not to be changed any more: [label][answer]. */
  public void confusion(int[][] counts) {
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

  public long steps() {
    return steps;
  }

  public long viewsSeen() {
    return viewsSeen;
  }

  public long releaseVersion() {
    return releaseVersion;
  }

  public boolean isResumed() {
    return resumed;
  }

  public Duration sinceHeartbeat() {
    return Duration.ofNanos(nanos.getAsLong() - lastTurnNanos);
  }

  boolean isReading() {
    return reading;
  }

  public Optional<String> lastFailure() {
    return Optional.ofNullable(trouble);
  }
}
