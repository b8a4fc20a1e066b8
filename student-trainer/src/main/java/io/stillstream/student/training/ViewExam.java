package io.stillstream.student.training;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * Views as an exam. The answer to a view is its label; where it has none, what the teacher says.
 * Keeps the views, whose pixels stay encoded.
 */
public final class ViewExam implements ExamSet {
  private final List<View> views;
  private final BatchBuilder batches;
  private final int batchSize;

  /**
   * @param views at least one, each of which teaches something
   * @param batches may be shared with whoever works in the same thread
   * @param batchSize views per prediction, at least 1
   */
  public ViewExam(List<View> views, BatchBuilder batches, int batchSize) {
    if (views.isEmpty()) {
      throw new IllegalArgumentException("an exam needs a view");
    }
    this.views = new ArrayList<>(views);
    this.batches = batches;
    this.batchSize = batchSize;
  }

  @Override
  public int size() {
    return views.size();
  }

  @Override
  public List<ExamResult> examine(List<Function<Batch, float[]>> models, BooleanSupplier goesOn) {
    List<Score> scores = models.stream().map(model -> new Score()).toList();
    for (int from = 0; from < views.size(); from += batchSize) {
      List<View> part = views.subList(from, Math.min(views.size(), from + batchSize));
      Batch batch = batches.build(part);
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

    void add(List<View> part, float[] logits, int k) {
      for (int i = 0; i < part.size(); i++) {
        View view = part.get(i);
        right += Logits.top(logits, i * k, k) == answer(view) ? 1 : 0;
        loss += crossEntropy(view, Logits.logProbabilities(logits, i * k, k));
      }
      examples += part.size();
    }

    ExamResult result() {
      return new ExamResult(examples, (double) right / examples, loss / examples);
    }
  }

  private static int answer(View view) {
    return view.target()
        .map(Target::top)
        .orElseGet(() -> Logits.top(view.logits(), 0, view.logits().length));
  }

  private static double crossEntropy(View view, double[] logProbabilities) {
    if (view.target().isPresent()) {
      Target target = view.target().get();
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
