package io.stillstream.trainer.training;

import io.stillstream.runtime.augmentation.AnswerShift;
import io.stillstream.runtime.augmentation.OperationStrength;
import io.stillstream.trainer.training.accuracy.EvaluationResult;
import io.stillstream.trainer.training.accuracy.PrequentialTracker;
import java.time.Duration;
import java.time.Instant;

/** Metrics of the training; docs/metrics.md has names and alerts. */
public interface TrainerMetrics {
  /** One optimiser step has been taken. */
  void stepTaken(StepReport report, Duration took);

  /**
   * A step has been given up, since something was not finite, or the program failed on seen views.
   *
   * @param reason loss, gradient or failed
   */
  void stepSkipped(String reason);

  /** Training has been rolled back, for this reason. */
  void rolledBack(String reason);

  /** The stream has drifted, by this signal. */
  void drifted(String signal);

  /**
   * The student has been evaluated on held-out examples.
   *
   * @param took how long training waited for it
   */
  void heldOutEvaluated(EvaluationResult result, Duration took);

  /**
   * Views have been trained on.
   *
   * @param fresh for the first time
   * @param replayed drawn from the buffer, or fresh ones again
   */
  void viewsTrained(int fresh, int replayed);

  /**
   * So many answers for fresh views, or cells of them, have no weight, as the teacher is unsure.
   */
  void leftOut(int answers);

  /** The window has moved. */
  void evaluated(PrequentialTracker window);

  /** A fresh view that was captured then has been trained on. */
  void trained(Instant capturedAt);

  /**
   * The student's answer on a fresh view has been compared with the teacher's.
   *
   * @param augmentation one of the view's operations
   */
  void answerCompared(OperationStrength augmentation, AnswerShift student);

  /** A record went to dead letters. */
  void rejected(String reason);

  /** A view without a training signal came. */
  void skipped();

  /** Views of images that are to be erased were removed, or rejected. */
  void erased(int views);

  /** The buffer holds so much now. */
  void buffered(int views, long bytes);

  /** A fresh batch got so many updates in all. */
  void updated(int updates);

  /** A checkpoint is durable, this long after it was begun. */
  void checkpointed(Duration took);

  /** So many bytes of it were written, to files of its own and to a segment of views. */
  void checkpointWritten(long fileBytes, long segmentBytes);

  /** Training waited this long for a checkpoint. */
  void checkpointStalled(Duration took);

  /** A checkpoint could not be written. */
  void checkpointFailed();

  /** This version is champion now. */
  void released(long version);

  /** A challenger did not pass the gate. */
  void gateFailed();
}
