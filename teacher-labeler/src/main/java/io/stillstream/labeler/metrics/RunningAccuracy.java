package io.stillstream.labeler.metrics;

import java.util.BitSet;

/** Share of correct predictions among the most recent ones. Safe for use by several threads. */
public final class RunningAccuracy {
  private final int window;
  private final BitSet correctOnes = new BitSet();
  private long seen;

  public RunningAccuracy(int window) {
    if (window < 1) {
      throw new IllegalArgumentException("window must be at least 1, was " + window);
    }
    this.window = window;
  }

  public synchronized void add(boolean correct) {
    correctOnes.set((int) (seen++ % window), correct);
  }

  /** From 0 to 1; NaN before the first prediction. */
  public synchronized double value() {
    return seen == 0 ? Double.NaN : (double) correctOnes.cardinality() / Math.min(seen, window);
  }
}
