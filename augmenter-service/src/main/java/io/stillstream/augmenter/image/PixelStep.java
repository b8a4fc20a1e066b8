package io.stillstream.augmenter.image;

import io.stillstream.augmenter.policy.Step;

/** Changes pixel values as one kind of step says. */
@FunctionalInterface
interface PixelStep {

  /**
   * Changes the image of a canvas: a pure function of the image and the step's values. The size
   * stays.
   *
   * @throws IllegalArgumentException if the step lacks a value, or one that would harm memory
   */
  void apply(Canvas canvas, Step step);
}
