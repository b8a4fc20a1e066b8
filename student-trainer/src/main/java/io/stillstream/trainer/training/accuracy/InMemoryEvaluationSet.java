package io.stillstream.trainer.training.accuracy;

import io.stillstream.schemas.values.Logits;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.example.TrainingExample;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * An evaluation set of views. The correct class is that of the label, or else the first one of the
 * teacher. Keeps the views, whose pixels stay encoded.
 */
public final class InMemoryEvaluationSet implements EvaluationSet {
  private final List<TrainingExample> views;
  private final BatchBuilder batches;
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
    this.batchSize = batchSize;
  }

  @Override
  public List<EvaluationResult> evaluate(
      List<Function<TrainingBatch, float[]>> models, BooleanSupplier goesOn) {
    List<Score> scores = models.stream().map(model -> new Score()).toList();
    for (int from = 0; from < views.size(); from += batchSize) {
      List<TrainingExample> part = views.subList(from, Math.min(views.size(), from + batchSize));
      TrainingBatch batch = batches.build(part);
      for (int i = 0; i < scores.size(); i++) {
        if (!goesOn.getAsBoolean()) {
          return List.of();
        }
        scores.get(i).add(part, models.get(i).apply(batch), batch.classes());
      }
    }
    return scores.stream().map(Score::result).toList();
  }

  /** What one model has made of the batches so far. */
  private static final class Score {
    private int examples;
    private int right;
    private double loss;

    void add(List<TrainingExample> part, float[] logits, int k) {
      for (int i = 0; i < part.size(); i++) {
        TrainingExample view = part.get(i);
        right += Logits.top(logits, i * k, k) == view.category() ? 1 : 0;
        loss += crossEntropy(view, Logits.logProbabilities(logits, i * k, k));
      }
      examples += part.size();
    }

    EvaluationResult result() {
      return new EvaluationResult(examples, (double) right / examples, loss / examples);
    }
  }

  private static double crossEntropy(TrainingExample view, double[] logProbabilities) {
    if (view.target().isPresent()) {
      LabelTarget target = view.target().get();
      return -target.weight() * logProbabilities[target.primary()]
          - (1 - target.weight()) * logProbabilities[target.secondary()];
    }
    double[] teacher = Logits.logProbabilities(view.logits(), 0, view.logits().length);
    double sum = 0;
    for (int i = 0; i < teacher.length; i++) {
      sum -= Math.exp(teacher[i]) * logProbabilities[i];
    }
    return sum;
  }
}
