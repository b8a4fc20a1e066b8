package io.stillstream.student.training;

import java.util.function.Function;

/** Examples with known answers, on which models can be compared: the same ones for each. */
public interface ExamSet {
  /** How many examples there are, at least 1. */
  int size();

  /**
   * Examines a model on all of them.
   *
   * @param predict gives the logits of a batch, [N·K] row by row; the batch is good only until it
   *     returns
   */
  ExamResult examine(Function<Batch, float[]> predict);
}
