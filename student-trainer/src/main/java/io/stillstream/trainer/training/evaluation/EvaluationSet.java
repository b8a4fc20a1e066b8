package io.stillstream.trainer.training.evaluation;

import io.stillstream.trainer.training.example.TrainingBatch;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** Examples with known answers, on which models can be compared: the same ones for each. */
public interface EvaluationSet {
  /** How many examples there are, at least 1. */
  int size();

  /**
   * Examines models on all of them, in one pass: each batch is built once, and predicted by all.
   *
   * @param models each gives the logits of a batch, [N·K] row by row; the batch is good only until
   *     it returns
   * @param goesOn asked before each prediction; the pass is given up when it says no
   * @return one result for each model, in their order; none if the pass was given up
   */
  List<EvaluationResult> evaluate(
      List<Function<TrainingBatch, float[]>> models, BooleanSupplier goesOn);
}
