package io.stillstream.trainer.training.drift;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * ADWIN, a window that grows while the mean of a stream stays the same and drops its old part when
 * it has changed (Bifet and Gavaldà, "Learning from Time-Changing Data with Adaptive Windowing",
 * SDM 2007).
 *
 * <p>It is the paper's ADWIN2: an exponential histogram of buckets with 2ⁱ values each, at most
 * {@value #BUCKETS} of a size, so W values take O(log W) memory. After each value every border
 * between two buckets is tried as the place of a change: with n₀ values before it and n₁ after, 1/m
 * = 1/n₀ + 1/n₁ and δ′ = δ / ln W, the means must differ by more than √(2/m · σ² · ln(2/δ′)) +
 * 2/(3m) · ln(2/δ′). While one does, the oldest bucket goes.
 */
public final class Adwin {
  /** M of the paper. */
  private static final int BUCKETS = 5;

  private final double delta;

  /** By size, smallest first; within a row the oldest first. */
  private final List<List<Bucket>> rows = new ArrayList<>();

  /**
   * @param delta bounds the chance of a false alarm; above 0 and below 1
   */
  public Adwin(double delta) {
    if (!(delta > 0 && delta < 1)) {
      throw new IllegalArgumentException("delta must be above 0 and below 1, was " + delta);
    }
    this.delta = delta;
  }

  /**
   * A change of the mean, at the border that shows it most plainly.
   *
   * @param before mean of the values before it
   * @param after mean of the values since
   * @param since how many those are
   */
  public record Change(double before, double after, long since) {
    /** Whether the mean went up. */
    public boolean isRise() {
      return after > before;
    }
  }

  private record Bucket(long count, double sum, double spread) {
    double mean() {
      return sum / count;
    }

    Bucket merge(Bucket other) {
      double distance = mean() - other.mean();
      long both = count + other.count;
      return new Bucket(
          both,
          sum + other.sum,
          spread + other.spread + distance * distance * count * other.count / both);
    }
  }

  /**
   * Adds a value.
   *
   * @param value 0 to 1
   * @return the change, if this value made it plain
   */
  public Optional<Change> add(double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException("value must be from 0 to 1, was " + value);
    }
    insert(new Bucket(1, value, 0));
    Optional<Change> change = cut();
    for (Optional<Change> more = change; more.isPresent(); more = cut()) {
      removeOldest();
    }
    return change;
  }

  private void insert(Bucket bucket) {
    Bucket carried = bucket;
    for (int size = 0; carried != null; size++) {
      if (size == rows.size()) {
        rows.add(new ArrayList<>(BUCKETS + 1));
      }
      List<Bucket> row = rows.get(size);
      row.add(carried);
      carried = row.size() > BUCKETS ? row.remove(0).merge(row.remove(0)) : null;
    }
  }

  private Optional<Change> cut() {
    Bucket all = total();
    if (all == null || all.count < 2) {
      return Optional.empty();
    }
    Change change = null;
    double most = 0;
    double variance = all.spread / all.count;
    double confidence = Math.log(2 * Math.log((double) all.count) / delta);
    long count = 0;
    double sum = 0;
    for (int size = rows.size() - 1; size >= 0; size--) {
      for (Bucket bucket : rows.get(size)) {
        count += bucket.count;
        sum += bucket.sum;
        long rest = all.count - count;
        if (rest == 0) {
          break;
        }
        double inverse = 1.0 / count + 1.0 / rest;
        double bound =
            Math.sqrt(2 * inverse * variance * confidence) + 2.0 / 3 * inverse * confidence;
        double before = sum / count;
        double after = (all.sum - sum) / rest;
        double excess = Math.abs(before - after) - bound;
        if (excess > most) {
          most = excess;
          change = new Change(before, after, rest);
        }
      }
    }
    return Optional.ofNullable(change);
  }

  private void removeOldest() {
    rows.get(rows.size() - 1).remove(0);
    while (!rows.isEmpty() && rows.get(rows.size() - 1).isEmpty()) {
      rows.remove(rows.size() - 1);
    }
  }

  /** All buckets as one; null if there are none. */
  private Bucket total() {
    long count = 0;
    double sum = 0;
    double spread = 0;
    for (List<Bucket> row : rows) {
      for (Bucket bucket : row) {
        // As merge() does it: a bucket for each would be most of the work.
        long both = count + bucket.count;
        double distance = count == 0 ? 0 : sum / count - bucket.mean();
        spread = spread + bucket.spread + distance * distance * count * bucket.count / both;
        sum += bucket.sum;
        count = both;
      }
    }
    return count == 0 ? null : new Bucket(count, sum, spread);
  }

  /** Values in the window. */
  public long size() {
    Bucket total = total();
    return total == null ? 0 : total.count;
  }

  /** Everything, by row: sum and spread of each bucket in turn. */
  public List<double[]> save() {
    List<double[]> saved = new ArrayList<>();
    for (List<Bucket> row : rows) {
      double[] numbers = new double[2 * row.size()];
      for (int i = 0; i < row.size(); i++) {
        numbers[2 * i] = row.get(i).sum;
        numbers[2 * i + 1] = row.get(i).spread;
      }
      saved.add(numbers);
    }
    return saved;
  }

  /** Restores a saved state. */
  public void restore(List<double[]> saved) {
    rows.clear();
    for (int size = 0; size < saved.size(); size++) {
      List<Bucket> row = new ArrayList<>(BUCKETS + 1);
      double[] numbers = saved.get(size);
      for (int i = 0; i < numbers.length; i += 2) {
        row.add(new Bucket(1L << size, numbers[i], numbers[i + 1]));
      }
      rows.add(row);
    }
  }
}
