package io.stillstream.trainer.training.accuracy;

import io.stillstream.schemas.answer.CosineSimilarity;
import io.stillstream.trainer.training.example.TrainingExample;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Scores embeddings [D] by their cosine with the teacher's. Views without a teacher's answer do not
 * count.
 */
final class EmbeddingScorer implements TaskScorer {
  private final int dimensions;

  EmbeddingScorer(int dimensions) {
    this.dimensions = dimensions;
  }

  /**
   * The cosine, −1 to 1. It is 0 where it is not defined: a vector of zeros, or one that is not
   * finite, has nothing in common with another.
   */
  private double cosine(float[] teacher, float[] answers, int index) {
    double cosine = CosineSimilarity.of(teacher, answers, index * dimensions);
    return Double.isNaN(cosine) ? 0 : cosine;
  }

  @Override
  public boolean counts(TrainingExample view) {
    return view.hasAnswer();
  }

  @Override
  public OriginalOutcome outcome(TrainingExample view, float[] answers, int index) {
    return new EmbeddingOutcome(
        counts(view) ? (float) cosine(view.logits(), answers, index) : Float.NaN);
  }

  @Override
  public PrequentialTracker tracker(int capacity) {
    return new EmbeddingWindow(capacity);
  }

  @Override
  public Accumulator accumulator() {
    return new CosineAccumulator();
  }

  /** A truth is not known of embeddings: by {@link GateMetric#ACCURACY} no view counts. */
  @Override
  public double[] scores(TrainingExample view, GateMetric by, int index, List<float[]> answers) {
    float[] teacher = by == GateMetric.ACCURACY ? null : view.logits();
    return answers.stream()
        .mapToDouble(rows -> teacher == null ? Double.NaN : cosine(teacher, rows, index))
        .toArray();
  }

  private final class CosineAccumulator implements Accumulator {
    private int examples;
    private double sum;

    @Override
    public void add(TrainingExample view, float[] answers, int index) {
      if (counts(view)) {
        sum += cosine(view.logits(), answers, index);
        examples++;
      }
    }

    @Override
    public EvaluationResult result() {
      double mean = sum / examples;
      return examples == 0
          ? EvaluationResult.none()
          : new EvaluationResult(
              examples, mean, Map.of(Measure.HELD_OUT_COSINE, mean), Optional.empty());
    }
  }
}
