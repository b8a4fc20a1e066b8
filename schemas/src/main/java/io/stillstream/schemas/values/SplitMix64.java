package io.stillstream.schemas.values;

/**
 * SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014), in the
 * fixed form of Vigna's splitmix64.c: the state advances by 0x9E3779B97F4A7C15 and is then mixed.
 * Written out here, and not taken from the JDK, because recipes must be the same under every Java
 * release, and because a checkpoint holds the state, which is a single number. For one thread.
 */
public final class SplitMix64 {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
  private static final double UNIT_53_BITS = 0x1.0p-53;

  private long state;

  /**
   * Creates a generator with the given state.
   *
   * @param state a seed, any value, 0 too; or the {@link #state} of another to continue from
   */
  public SplitMix64(long state) {
    this.state = state;
  }

  /** The state; {@code new SplitMix64(state)} continues from here. */
  public long state() {
    return state;
  }

  /** The next 64 bits. */
  public long nextLong() {
    state += GOLDEN_GAMMA;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** Uniform in [0, bound), without bias; the bound is positive. */
  public long nextLong(long bound) {
    long bits = nextLong() >>> 1;
    long value = bits % bound;
    while (bits - value + (bound - 1) < 0) {
      bits = nextLong() >>> 1;
      value = bits % bound;
    }
    return value;
  }

  /** The upper 53 of the next 64 bits, as a fraction: uniform in [0, 1). */
  public double nextDouble() {
    return (nextLong() >>> 11) * UNIT_53_BITS;
  }
}
