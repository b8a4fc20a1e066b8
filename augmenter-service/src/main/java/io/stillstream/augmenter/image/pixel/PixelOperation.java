package io.stillstream.augmenter.image.pixel;

import io.stillstream.augmenter.image.buffer.RenderBuffer;
import io.stillstream.augmenter.recipe.RecipeStep;

/** Changes pixel values as one kind of step says. */
@FunctionalInterface
public interface PixelOperation {

  /**
   * Changes the image of a buffer: a pure function of the image and the step's values, which keeps
   * the size.
   *
   * @throws IllegalArgumentException if the step lacks a value, or one that would harm memory
   */
  void apply(RenderBuffer buffer, RecipeStep step);
}
