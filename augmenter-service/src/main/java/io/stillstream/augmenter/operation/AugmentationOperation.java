package io.stillstream.augmenter.operation;

import io.stillstream.augmenter.random.RandomStream;

/**
 * One operation of a policy, with the ranges that its values are drawn from. Drawing and applying
 * are apart: {@link #draw} writes down steps with values, and pixels are made from those alone, so
 * a recipe replays without the policy and without randomness.
 */
interface AugmentationOperation {

  /**
   * Draws the values of one application and adds the steps with them.
   *
   * @param random how many numbers it takes depends on the settings and on numbers drawn before,
   *     never on the pixels
   * @param recipe the view so far; it knows the size of the image at this point of the chain
   */
  void draw(RandomStream random, RecipeBuilder recipe);

  /** Whether it, or an operation within it, mixes a second image in. */
  default boolean mixes() {
    return false;
  }
}
