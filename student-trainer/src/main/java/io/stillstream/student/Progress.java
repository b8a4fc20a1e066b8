package io.stillstream.student;

import java.util.Optional;

/** What other threads may see of the loop. */
final class Progress {
  private volatile long steps;
  private volatile long viewsSeen;
  private volatile long releaseVersion;
  private volatile boolean resumed;
  private volatile long lastTurnNanos;
  private volatile String diskTrouble;
  private volatile boolean reading;

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

  /** The loop has come round; {@code nanos} is the time. */
  void turn(long nanos) {
    lastTurnNanos = nanos;
  }

  void reading() {
    reading = true;
  }

  /** Null when the disk took what it was given. */
  void disk(String trouble) {
    diskTrouble = trouble;
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

  long lastTurnNanos() {
    return lastTurnNanos;
  }

  boolean isReading() {
    return reading;
  }

  Optional<String> diskTrouble() {
    return Optional.ofNullable(diskTrouble);
  }
}
