package io.stillstream.trainer.gate;

import io.stillstream.trainer.config.TrainerConfig;
import java.time.Duration;
import java.util.function.LongSupplier;

/** When a release is due: after a number of steps, after a time, or because it was postponed. */
final class ReleaseSchedule {
  private static final Duration CHAMPION_POLL = Duration.ofSeconds(1);

  private final TrainerConfig.ReleaseSettings settings;
  private final LongSupplier nanos;
  private long lastStep;
  private long lastNanos;

  /** Steps when a manually chosen champion was noticed; ignored after the next release. */
  private long chosenAt;

  private boolean postponed;
  private long lastPoll;

  /**
   * @param nanos a clock for durations
   */
  ReleaseSchedule(TrainerConfig.ReleaseSettings settings, LongSupplier nanos) {
    this.settings = settings;
    this.nanos = nanos;
  }

  /** Continues from a checkpoint. */
  void begin(long lastReleaseStep, boolean isPostponed) {
    lastStep = lastReleaseStep;
    lastNanos = nanos.getAsLong();
    postponed = isPostponed;
  }

  /** A checkpoint with a release is durable. */
  void released(long step) {
    begin(step, false);
  }

  /** A champion was chosen manually: it stays for a whole interval, to be compared with. */
  void championChosen(long step) {
    chosenAt = step;
    lastNanos = nanos.getAsLong();
    postponed = false;
  }

  /** The release of a step must not be made: the next one is due as if it had been. */
  void refused(long step) {
    begin(step, false);
  }

  void postpone() {
    postponed = true;
  }

  boolean isPostponed() {
    return postponed;
  }

  /** Whether a release is due at a step. */
  boolean isDue(long steps) {
    boolean late =
        settings.every().isPresent()
            && nanos.getAsLong() - lastNanos >= settings.every().get().toNanos();
    boolean enough =
        chosenAt > lastStep
            ? steps - chosenAt >= settings.everySteps()
            : steps / settings.everySteps() > lastStep / settings.everySteps();
    return postponed || enough || (late && steps > lastStep);
  }

  /** Whether it is time to look whether another champion was chosen: true once a second. */
  boolean isPollDue() {
    long now = nanos.getAsLong();
    boolean due = now - lastPoll >= CHAMPION_POLL.toNanos();
    lastPoll = due ? now : lastPoll;
    return due;
  }

  /** Whether a clean shutdown at a step makes a release. */
  boolean isDueOnShutdown(long steps) {
    return settings.onStop() && steps > lastStep;
  }
}
