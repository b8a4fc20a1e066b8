package io.stillstream.augmenter.random;

/**
 * SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014), in the
 * fixed form of Vigna's splitmix64.c: the state advances by 0x9E3779B97F4A7C15 and is then mixed.
 * Written out here, and not taken from the JDK, because recipes must be the same under every Java
 * release. For one thread.
 */
public final class SplitMix64 implements RandomStream {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
  private static final double UNIT_53_BITS = 0x1.0p-53;

  private long state;

  /** Starts the stream of a seed; every seed is good, 0 too. */
  public SplitMix64(long seed) {
    state = seed;
  }

  /** The next 64 bits. */
  public long nextLong() {
    state += GOLDEN_GAMMA;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** The upper 53 of the next 64 bits, as a fraction. */
  @Override
  public double nextDouble() {
    return (nextLong() >>> 11) * UNIT_53_BITS;
  }
}
