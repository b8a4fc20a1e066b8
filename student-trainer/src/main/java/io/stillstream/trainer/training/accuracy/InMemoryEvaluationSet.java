package io.stillstream.trainer.training.accuracy;

import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.example.TrainingExample;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * An evaluation set of views. The truth is that of label or mask, or else the teacher's answer; for
 * embeddings the latter alone. Keeps the views, whose pixels stay encoded.
 */
public final class InMemoryEvaluationSet implements EvaluationSet {
  private final List<TrainingExample> views;
  private final BatchBuilder batches;
  private final TaskScorer scorer;
  private final int batchSize;

  /**
   * @param views at least one, each with a training signal
   * @param batches may be shared within the same thread
   * @param batchSize views per prediction, at least 1
   */
  public InMemoryEvaluationSet(List<TrainingExample> views, BatchBuilder batches, int batchSize) {
    if (views.isEmpty()) {
      throw new IllegalArgumentException("an evaluation set needs a view");
    }
    this.views = new ArrayList<>(views);
    this.batches = batches;
    this.scorer = TaskScorer.of(batches.output());
    this.batchSize = batchSize;
  }

  @Override
  public List<EvaluationResult> evaluate(
      List<Function<TrainingBatch, float[]>> models, BooleanSupplier goesOn) {
    List<TaskScorer.Accumulator> results =
        models.stream().map(model -> scorer.accumulator()).toList();
    for (int from = 0; from < views.size(); from += batchSize) {
      List<TrainingExample> part = views.subList(from, Math.min(views.size(), from + batchSize));
      TrainingBatch batch = batches.build(part);
      for (int i = 0; i < results.size(); i++) {
        if (!goesOn.getAsBoolean()) {
          return List.of();
        }
        float[] answers = models.get(i).apply(batch);
        for (int view = 0; view < part.size(); view++) {
          results.get(i).add(part.get(view), answers, view);
        }
      }
    }
    return results.stream().map(TaskScorer.Accumulator::result).toList();
  }
}
