package io.stillstream.trainer.training.comparison;

import io.stillstream.trainer.training.accuracy.GateMetric;
import io.stillstream.trainer.training.accuracy.TaskScorer;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.example.TrainingExample;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Compares the student with a baseline, a model that does not change, on the latest originals: each
 * is predicted by both before the student trains on it, and the baseline never trains at all. So
 * neither has seen the image. The student's predictions are those of its weights at that time.
 */
public final class PairedComparison implements BaselineComparison {
  private static final int CHALLENGER_RIGHT = 1;
  private static final int BASELINE_RIGHT = 2;

  /** Before scores in base 64; without it, a byte for each image says who was right. */
  private static final String FLOATS = "f:";

  private final TaskScorer scorer;
  private final GateMetric metric;
  private final PairedScore[] scores;
  private int size;
  private int next;
  private BaselineModel baseline;

  /** A model that does not change. */
  public interface BaselineModel extends AutoCloseable {
    /** Answers, row by row. */
    float[] predict(TrainingBatch batch);

    @Override
    default void close() {}
  }

  /**
   * Sums over the images counted. Of classes, the squares of differences are the images that only
   * one of both has right.
   *
   * @param challenger sum of its scores
   * @param baseline the same
   * @param squares sum of the squares of the differences
   */
  public record Totals(int images, double challenger, double baseline, double squares) {}

  /**
   * @param images the latest that count, at least 1
   */
  public PairedComparison(TaskScorer scorer, GateMetric metric, int images) {
    this.scorer = scorer;
    this.metric = metric;
    this.scores = new PairedScore[images];
  }

  /**
   * Discards all scores.
   *
   * @param newBaseline what the student is compared with from now on; null for nothing
   */
  public void reset(BaselineModel newBaseline) {
    baseline = newBaseline;
    size = 0;
    next = 0;
  }

  @Override
  public List<PairedScore> compare(
      List<TrainingExample> originals, TrainingBatch batch, float[] answers) {
    if (baseline == null) {
      return List.of();
    }
    List<PairedScore> compared = new ArrayList<>();
    List<float[]> both = List.of(answers, baseline.predict(batch));
    for (int i = 0; i < originals.size(); i++) {
      double[] pair = scorer.scores(originals.get(i), metric, i, both);
      if (!Double.isNaN(pair[0])) {
        compared.add(new PairedScore((float) pair[0], (float) pair[1]));
      }
    }
    return compared;
  }

  /** Counts what {@link #compare} gave. */
  public void count(List<PairedScore> compared) {
    compared.forEach(this::add);
  }

  private void add(PairedScore score) {
    scores[next] = score;
    next = (next + 1) % scores.length;
    size = Math.min(size + 1, scores.length);
  }

  /** The latest, oldest first. */
  private List<PairedScore> latest() {
    List<PairedScore> latest = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      latest.add(scores[Math.floorMod(next - size + i, scores.length)]);
    }
    return latest;
  }

  /** Sums over the latest images. */
  public Totals totals() {
    double challenger = 0;
    double best = 0;
    double squares = 0;
    for (PairedScore score : latest()) {
      challenger += score.challenger();
      best += score.baseline();
      double difference = (double) score.challenger() - score.baseline();
      squares += difference * difference;
    }
    return new Totals(size, challenger, best, squares);
  }

  /** The scores, oldest first. */
  public String save() {
    List<PairedScore> latest = latest();
    boolean ofClasses = latest.stream().allMatch(PairedScore::isOfClasses);
    ByteBuffer bytes = ByteBuffer.allocate(ofClasses ? size : 2 * Float.BYTES * size);
    for (PairedScore score : latest) {
      if (ofClasses) {
        bytes.put(
            (byte)
                ((score.challenger() == 1 ? CHALLENGER_RIGHT : 0)
                    | (score.baseline() == 1 ? BASELINE_RIGHT : 0)));
      } else {
        bytes.putFloat(score.challenger()).putFloat(score.baseline());
      }
    }
    return (ofClasses ? "" : FLOATS) + Base64.getEncoder().encodeToString(bytes.array());
  }

  /** Replaces the scores by saved ones; the latest if there are too many. */
  public void restore(String saved) {
    size = 0;
    next = 0;
    boolean floats = saved.startsWith(FLOATS);
    ByteBuffer bytes =
        ByteBuffer.wrap(Base64.getDecoder().decode(saved.substring(floats ? FLOATS.length() : 0)));
    while (bytes.hasRemaining()) {
      if (floats) {
        add(new PairedScore(bytes.getFloat(), bytes.getFloat()));
      } else {
        int right = bytes.get();
        add(
            new PairedScore(
                (right & CHALLENGER_RIGHT) != 0 ? 1 : 0, (right & BASELINE_RIGHT) != 0 ? 1 : 0));
      }
    }
  }
}
