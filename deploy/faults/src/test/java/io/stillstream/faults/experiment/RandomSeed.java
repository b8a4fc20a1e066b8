package io.stillstream.faults.experiment;

/** Of what is left to chance: another one at each run, and told, or {@code -Dfaults.seed=…}. */
public final class RandomSeed {
  private RandomSeed() {}

  public static long next() {
    return Long.getLong("faults.seed", System.nanoTime() % 1_000_000);
  }
}
