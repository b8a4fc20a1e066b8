package io.stillstream.bench.report;

import java.util.List;

/**
 * How far a quantity strays from its median.
 *
 * @param median of the samples
 * @param lowest the lowest of them, relative to the median: −0.01 is one percent below
 * @param highest the highest, relative to the median
 */
public record MedianSpread(double median, double lowest, double highest) {
  private static final double LIMIT = 0.05;
  private static final int WARM_UP = 4;

  /** All samples but the first quarter. */
  public static <T> List<T> afterWarmUp(List<T> samples) {
    return samples.subList(samples.size() / WARM_UP, samples.size());
  }

  /**
   * @param samples at least one, positive
   */
  static MedianSpread of(List<Long> samples) {
    long[] sorted = samples.stream().mapToLong(Long::longValue).sorted().toArray();
    double median = sorted[sorted.length / 2];
    return new MedianSpread(median, sorted[0] / median - 1, sorted[sorted.length - 1] / median - 1);
  }

  /** Whether nothing strays by more than five percent. */
  boolean isFlat() {
    return lowest >= -LIMIT && highest <= LIMIT;
  }
}
