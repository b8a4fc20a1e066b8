package io.stillstream.student.training;

import java.time.Duration;
import java.time.Instant;

/** What a trainer tells about itself; see the README for names and alerts. */
public interface TrainerMetrics {
  /** One optimiser step has been taken. */
  void stepTaken(StepReport report, Duration took);

  /**
   * Views have been trained on.
   *
   * @param fresh for the first time
   * @param replayed drawn from the reservoir, or fresh ones again
   */
  void viewsTrained(int fresh, int replayed);

  /** The window has moved. */
  void evaluated(PrequentialWindow window);

  /** A fresh view that was captured then has been trained on. */
  void trained(Instant capturedAt);

  /** A record went to dead letters. */
  void rejected(String reason);

  /** A view came that neither teacher nor label says anything about. */
  void skipped();

  /** A checkpoint is durable. */
  void checkpointed(Duration took);

  /** A checkpoint could not be written. */
  void checkpointFailed();

  /** A release is durable. */
  void released(long version);
}
