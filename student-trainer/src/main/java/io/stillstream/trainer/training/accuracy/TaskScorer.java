package io.stillstream.trainer.training.accuracy;

import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.trainer.training.example.TrainingExample;
import java.util.List;

/**
 * Scores a student's answers, as its task demands. Answers are rows of {@link OutputShape#size}
 * numbers, one for each view of a batch; the answer for a view is named by its index.
 */
public interface TaskScorer {
  /** For answers of that shape. */
  static TaskScorer of(OutputShape output) {
    return switch (output.task()) {
      case CLASSIFICATION -> new ClassScorer(output.channels());
      case SEGMENTATION -> new SegmentationScorer(output);
      case EMBEDDING -> new EmbeddingScorer(output.channels());
    };
  }

  /** Whether there is anything to score an answer for this view by. */
  boolean counts(TrainingExample view);

  /** What student and teacher said of an original. */
  OriginalOutcome outcome(TrainingExample view, float[] answers, int index);

  /**
   * An empty prequential window.
   *
   * @param capacity in images, at least 1
   */
  PrequentialTracker tracker(int capacity);

  /** Begins an evaluation on held-out views. */
  Accumulator accumulator();

  /**
   * The scores, 0 to 1 or −1 to 1, of several models' answers for the same view: whether the class
   * is right, the mean intersection over union of its classes, or the cosine with the teacher.
   *
   * @param by what they are compared with
   * @param answers of each model
   * @return in the order of the models; all NaN if the view does not count
   */
  double[] scores(TrainingExample view, GateMetric by, int index, List<float[]> answers);

  /** What one model has made of the held-out views so far. */
  interface Accumulator {
    /** Adds its answer for one more view; a view that does not count is passed over. */
    void add(TrainingExample view, float[] answers, int index);

    EvaluationResult result();
  }
}
