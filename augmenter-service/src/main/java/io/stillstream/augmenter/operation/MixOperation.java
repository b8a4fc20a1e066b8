package io.stillstream.augmenter.operation;

/**
 * An operation that mixes a second image in. It is drawn against the size of the output, adds no
 * step, but the parameters of the mix.
 */
sealed interface MixOperation extends AugmentationOperation permits MixUp, CutMix {
  /** Largest α; the larger, the nearer λ is to a half. */
  double MAX_ALPHA = 1_000;

  /** Smallest α; λ is 0 or 1 for nearly all draws. */
  double MIN_ALPHA = 0.001;

  @Override
  default boolean mixes() {
    return true;
  }
}
