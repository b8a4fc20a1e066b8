package io.stillstream.trainer.training.comparison;

import io.stillstream.schemas.values.Logits;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.example.TrainingExample;
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

  private final Metric metric;
  private final byte[] outcomes;
  private int size;
  private int next;
  private BaselineModel baseline;

  /** What counts as right. */
  public enum Metric {
    /** The label where there is one, else the teacher's first choice. */
    AUTO,
    /** The label; images without one do not count. */
    ACCURACY,
    /** The teacher's first choice; images without logits do not count. */
    AGREEMENT
  }

  /** A model that does not change. */
  public interface BaselineModel extends AutoCloseable {
    /** Logits [N·K], row by row. */
    float[] predict(TrainingBatch batch);

    @Override
    default void close() {}
  }

  /**
   * Outcomes counted.
   *
   * @param challenger images that the challenger classified correctly
   * @param onlyChallenger images that the challenger classified correctly and the baseline did not
   * @param onlyBaseline the reverse
   */
  public record Counts(int images, int challenger, int onlyChallenger, int onlyBaseline) {}

  /**
   * @param images the latest that count, at least 1
   */
  public PairedComparison(Metric metric, int images) {
    this.metric = metric;
    this.outcomes = new byte[images];
  }

  /**
   * Discards all outcomes.
   *
   * @param newBaseline what the student is compared with from now on; null for nothing
   */
  public void reset(BaselineModel newBaseline) {
    baseline = newBaseline;
    size = 0;
    next = 0;
  }

  @Override
  public List<Integer> compare(
      List<TrainingExample> originals, TrainingBatch batch, float[] logits) {
    if (baseline == null) {
      return List.of();
    }
    List<Integer> compared = new ArrayList<>();
    int k = batch.classes();
    float[] baselineLogits = baseline.predict(batch);
    for (int i = 0; i < originals.size(); i++) {
      int right = right(originals.get(i), k);
      if (right >= 0) {
        compared.add(
            (Logits.top(logits, i * k, k) == right ? CHALLENGER_RIGHT : 0)
                | (Logits.top(baselineLogits, i * k, k) == right ? BASELINE_RIGHT : 0));
      }
    }
    return compared;
  }

  /** Counts what {@link #compare} gave. */
  public void count(List<Integer> compared) {
    compared.forEach(this::add);
  }

  /** The correct class; −1 if the image does not count. */
  private int right(TrainingExample view, int k) {
    boolean byLabel = metric != Metric.AGREEMENT && view.target().isPresent();
    if (byLabel) {
      return view.target().get().top();
    }
    return metric == Metric.ACCURACY || view.logits() == null
        ? -1
        : Logits.top(view.logits(), 0, k);
  }

  private void add(int outcome) {
    outcomes[next] = (byte) outcome;
    next = (next + 1) % outcomes.length;
    size = Math.min(size + 1, outcomes.length);
  }

  /** Counts of the latest outcomes. */
  public Counts counts() {
    int[] counts = new int[4];
    for (int i = 0; i < size; i++) {
      counts[outcomes[i]]++;
    }
    int both = counts[CHALLENGER_RIGHT | BASELINE_RIGHT];
    return new Counts(
        size, both + counts[CHALLENGER_RIGHT], counts[CHALLENGER_RIGHT], counts[BASELINE_RIGHT]);
  }

  /** The outcomes, oldest first. */
  public String save() {
    byte[] ordered = new byte[size];
    for (int i = 0; i < size; i++) {
      ordered[i] = outcomes[Math.floorMod(next - size + i, outcomes.length)];
    }
    return Base64.getEncoder().encodeToString(ordered);
  }

  /** Replaces the outcomes by saved ones; the latest if there are too many. */
  public void restore(String saved) {
    size = 0;
    next = 0;
    for (byte outcome : Base64.getDecoder().decode(saved)) {
      add(outcome & (CHALLENGER_RIGHT | BASELINE_RIGHT));
    }
  }
}
