package io.stillstream.augmenter.random;

import io.stillstream.schemas.values.SplitMix64;

/** A source of random numbers; the same state always gives the same numbers. */
public interface RandomStream {

  /** The stream of a seed, by {@link SplitMix64}; any seed is valid, 0 too. */
  static RandomStream of(long seed) {
    return new SplitMix64(seed)::nextDouble;
  }

  /** The next number, uniform in [0, 1). */
  double nextDouble();

  /**
   * A number uniform in [from, to); {@code from} where both are equal. Takes one number from the
   * stream.
   */
  default double between(double from, double to) {
    return from + (to - from) * nextDouble();
  }

  /** A whole number uniform in [from, to], both included. Takes one number from the stream. */
  default int between(int from, int to) {
    return (int) (from + (long) Math.floor(nextDouble() * ((long) to - from + 1)));
  }

  /**
   * A seed for random numbers that are drawn during rendering: a whole number below 2⁵³, which a
   * double holds exactly. Takes one number from the stream.
   */
  default double nextSeed() {
    return Math.floor(nextDouble() * 0x1.0p53);
  }
}
