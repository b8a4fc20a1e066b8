package io.stillstream.augmenter.operation.api;

import io.stillstream.augmenter.random.RandomStream;

/**
 * One operation of a policy, with the ranges of its values. {@link #draw} adds steps with drawn
 * values to a recipe, and pixels are rendered from the recipe alone: so a recipe can be replayed
 * without the policy and without randomness.
 */
public interface AugmentationOperation {

  /**
   * Draws the values of one application and adds the steps with them.
   *
   * @param random how many numbers it takes depends on the settings and on numbers drawn before,
   *     never on the pixels
   * @param recipe the steps so far, with the size of the image after them
   */
  void draw(RandomStream random, RecipeBuilder recipe);

  /** Whether it, or an operation within it, mixes a second image in. */
  default boolean mixes() {
    return false;
  }
}
