package io.stillstream.labeler.metrics;

/** Mean of the most recent values. Safe for use by several threads. */
public final class RunningMean {
  private final double[] values;
  private long seen;

  /**
   * @param window how many values count
   */
  public RunningMean(int window) {
    if (window < 1) {
      throw new IllegalArgumentException("window must be at least 1, was " + window);
    }
    this.values = new double[window];
  }

  public synchronized void add(double value) {
    values[(int) (seen++ % values.length)] = value;
  }

  /** NaN before the first value. Summed again each time, so that rounding does not accumulate. */
  public synchronized double value() {
    int count = (int) Math.min(seen, values.length);
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += values[i];
    }
    return sum / count;
  }
}
