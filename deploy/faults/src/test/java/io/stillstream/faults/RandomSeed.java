package io.stillstream.faults;

/** Of what is left to chance: another one at each run, and told, or {@code -Dfaults.seed=…}. */
final class RandomSeed {
  private RandomSeed() {}

  static long next() {
    return Long.getLong("faults.seed", System.nanoTime() % 1_000_000);
  }
}
