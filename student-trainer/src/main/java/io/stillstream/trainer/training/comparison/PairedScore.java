package io.stillstream.trainer.training.comparison;

/**
 * The scores of challenger and baseline for one image: 1 or 0 for a class that is right or wrong,
 * else a mean intersection over union or a cosine.
 */
public record PairedScore(float challenger, float baseline) {
  /** Whether both are 0 or 1. */
  boolean isOfClasses() {
    return isOneOrZero(challenger) && isOneOrZero(baseline);
  }

  private static boolean isOneOrZero(float score) {
    return score == 0 || score == 1;
  }
}
