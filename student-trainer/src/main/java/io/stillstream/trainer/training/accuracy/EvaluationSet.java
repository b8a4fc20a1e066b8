package io.stillstream.trainer.training.accuracy;

import io.stillstream.trainer.training.example.TrainingBatch;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** Examples whose truth is known, the same for each model that is evaluated. */
@FunctionalInterface
public interface EvaluationSet {
  /**
   * Evaluates models on all examples in one pass: each batch is built once, and predicted by all.
   *
   * @param models each gives the answers for a batch, row by row; the batch is good only until it
   *     returns
   * @param goesOn called before each prediction; false ends the pass
   * @return one result for each model, in their order; none if the pass was given up
   */
  List<EvaluationResult> evaluate(
      List<Function<TrainingBatch, float[]>> models, BooleanSupplier goesOn);
}
