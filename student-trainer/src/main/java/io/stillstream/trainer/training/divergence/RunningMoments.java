package io.stillstream.trainer.training.divergence;

/**
 * Exponentially weighted mean and variance of a loss (Finch 2009). At first all values weigh the
 * same, so that the first one is not preferred.
 */
final class RunningMoments {
  /** Least standard deviation, as a share of the mean: a quiet loss makes no small bump a spike. */
  private static final double LEAST_DEVIATION = 0.5;

  private final double weight;
  private final int warmUp;
  private double mean;
  private double variance;
  private long count;

  /**
   * @param span in values: one as old as this weighs 1/e² of the newest
   * @param warmUp values before it counts
   */
  RunningMoments(int span, int warmUp) {
    this.weight = 2.0 / (span + 1);
    this.warmUp = warmUp;
  }

  void add(double value) {
    count++;
    double share = Math.max(weight, 1.0 / count);
    double distance = value - mean;
    mean += share * distance;
    variance = (1 - share) * (variance + share * distance * distance);
  }

  boolean isWarm() {
    return count >= warmUp;
  }

  /** {@code deviations} standard deviations above the mean. */
  double limit(double deviations) {
    return mean + deviations * Math.max(Math.sqrt(variance), LEAST_DEVIATION * Math.abs(mean));
  }

  void reset() {
    restore(new State(0, 0, 0));
  }

  record State(double mean, double variance, long count) {}

  State save() {
    return new State(mean, variance, count);
  }

  void restore(State state) {
    mean = state.mean;
    variance = state.variance;
    count = state.count;
  }
}
