package io.stillstream.trainer.training.accuracy;

/**
 * What student and teacher said of one original before the student trained on it. What is kept of
 * it depends on the task.
 */
public sealed interface OriginalOutcome permits PrequentialOutcome, PixelOutcome, EmbeddingOutcome {
  /** Whether there is a teacher's answer to compare the student's with. */
  boolean isTaught();

  /** Whether there is a truth to compare the student's answer with. */
  boolean isLabelled();

  /**
   * How far student and teacher differ, 0 to 1: whether their classes do, on which share of the
   * pixels, or 1 − cosine, at most 1. Only if it {@link #isTaught}.
   */
  double disagreement();

  /**
   * How far the student is from the truth, 0 to 1: whether it misses the class, or on which share
   * of the pixels. Only if it {@link #isLabelled}.
   */
  double error();
}
