package io.stillstream.trainer.training.gate;

import io.stillstream.schemas.values.Logits;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.example.TrainingExample;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Compares the student with a baseline, a model that does not change, on the latest originals: each
 * is predicted by both before the student trains on it, and the baseline never trains at all. So
 * neither has seen what it is asked. What the student says of an image, it says as it was then; by
 * the end of a trial it has learned from the images before.
 */
public final class PairedComparison {
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
  public interface BaselineModel {
    /** Logits [N·K], row by row. */
    float[] predict(TrainingBatch batch);
  }

  /**
   * Outcomes counted.
   *
   * @param challenger images that it named right
   * @param onlyChallenger images that it named right and the baseline did not
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

  /** Begins anew, against another baseline; null for none. */
  public void reset(BaselineModel other) {
    baseline = other;
    size = 0;
    next = 0;
  }

  /** Holds what the student says of originals that it has not trained on against the baseline. */
  public List<Integer> compare(
      List<TrainingExample> originals, TrainingBatch batch, float[] logits) {
    if (baseline == null) {
      return List.of();
    }
    List<Integer> compared = new ArrayList<>();
    int k = batch.classes();
    float[] others = baseline.predict(batch);
    for (int i = 0; i < originals.size(); i++) {
      int right = right(originals.get(i), k);
      if (right >= 0) {
        compared.add(
            (Logits.top(logits, i * k, k) == right ? CHALLENGER_RIGHT : 0)
                | (Logits.top(others, i * k, k) == right ? BASELINE_RIGHT : 0));
      }
    }
    return compared;
  }

  /** Counts what {@link #compare} gave. */
  public void count(List<Integer> compared) {
    compared.forEach(this::add);
  }

  /** The class that should be named; −1 if the image does not count. */
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

  public Counts tally() {
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

  /** Takes up saved outcomes, the latest if there are too many. */
  public void restore(String saved) {
    size = 0;
    next = 0;
    for (byte outcome : Base64.getDecoder().decode(saved)) {
      add(outcome & (CHALLENGER_RIGHT | BASELINE_RIGHT));
    }
  }
}
