package io.stillstream.trainer.training.accuracy;

import io.stillstream.schemas.answer.ConfusionMatrix;
import io.stillstream.schemas.values.Logits;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.TrainingExample;
import java.util.List;
import java.util.Optional;

/**
 * Scores logits [K]. The correct class is that of the label, or else, on held-out views, the first
 * one of the teacher.
 */
final class ClassScorer implements TaskScorer {
  private final int k;

  ClassScorer(int k) {
    this.k = k;
  }

  @Override
  public boolean counts(TrainingExample view) {
    return view.category() >= 0;
  }

  @Override
  public OriginalOutcome outcome(TrainingExample view, float[] answers, int index) {
    return PrequentialOutcome.of(view, answers, index, k);
  }

  @Override
  public PrequentialTracker tracker(int capacity) {
    return new PrequentialWindow(capacity);
  }

  @Override
  public Accumulator accumulator() {
    return new ClassAccumulator();
  }

  @Override
  public double[] scores(TrainingExample view, GateMetric by, int index, List<float[]> answers) {
    int right = right(view, by);
    return answers.stream()
        .mapToDouble(
            logits -> right < 0 ? Double.NaN : Logits.top(logits, index * k, k) == right ? 1 : 0)
        .toArray();
  }

  /** The correct class; −1 if the view does not count. */
  private int right(TrainingExample view, GateMetric by) {
    if (by != GateMetric.AGREEMENT && view.target().isPresent()) {
      return view.target().get().top();
    }
    return by == GateMetric.ACCURACY ? -1 : view.answeredClass();
  }

  private final class ClassAccumulator implements Accumulator {
    private final Optional<ConfusionMatrix> confusion =
        k <= EvaluationResult.MOST_CONFUSED_CLASSES
            ? Optional.of(new ConfusionMatrix(k))
            : Optional.empty();
    private int examples;
    private int right;
    private double loss;

    @Override
    public void add(TrainingExample view, float[] answers, int index) {
      if (!counts(view)) {
        return;
      }
      int answer = Logits.top(answers, index * k, k);
      right += answer == view.category() ? 1 : 0;
      confusion.ifPresent(matrix -> matrix.add(view.category(), answer));
      loss += crossEntropy(view, Logits.logProbabilities(answers, index * k, k));
      examples++;
    }

    @Override
    public EvaluationResult result() {
      return examples == 0
          ? EvaluationResult.none()
          : EvaluationResult.ofClasses(
              examples, (double) right / examples, loss / examples, confusion);
    }
  }

  private static double crossEntropy(TrainingExample view, double[] logProbabilities) {
    if (view.target().isPresent()) {
      LabelTarget target = view.target().get();
      return -target.weight() * logProbabilities[target.primary()]
          - (1 - target.weight()) * logProbabilities[target.secondary()];
    }
    float[] logits = view.classLogits();
    double[] teacher = Logits.logProbabilities(logits, 0, logits.length);
    double sum = 0;
    for (int i = 0; i < teacher.length; i++) {
      sum -= Math.exp(teacher[i]) * logProbabilities[i];
    }
    return sum;
  }
}
