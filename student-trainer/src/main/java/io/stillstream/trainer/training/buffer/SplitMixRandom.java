package io.stillstream.trainer.training.buffer;

/**
 * SplitMix64 (Steele, Lea and Flood 2014). The JDK's generators do not give their state away; this
 * one's is a single number, which a checkpoint can hold.
 */
public final class SplitMixRandom {
  private long state;

  public SplitMixRandom(long state) {
    this.state = state;
  }

  /** Going on from here is {@code new SplitMixRandom(state)}. */
  public long state() {
    return state;
  }

  long next() {
    state += 0x9E3779B97F4A7C15L;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** Uniform in [0, bound), without bias. */
  long next(long bound) {
    long bits = next() >>> 1;
    long value = bits % bound;
    while (bits - value + (bound - 1) < 0) {
      bits = next() >>> 1;
      value = bits % bound;
    }
    return value;
  }
}
