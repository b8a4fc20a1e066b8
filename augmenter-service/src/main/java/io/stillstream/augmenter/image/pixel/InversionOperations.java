package io.stillstream.augmenter.image.pixel;

import io.stillstream.augmenter.image.buffer.RenderBuffer;
import io.stillstream.augmenter.recipe.RecipeStep;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;

/** Inverting, by flipping bits: 255 − v is v with all its bits the other way. */
final class InversionOperations {
  private InversionOperations() {}

  /** Inverts all levels; the step has no values. */
  static void invert(RenderBuffer buffer, RecipeStep step) {
    opencv_core.bitwise_not(buffer.image(), buffer.image());
  }

  /** Inverts levels from {@code threshold} on, 0 to 255. */
  static void solarize(RenderBuffer buffer, RecipeStep step) {
    double below = Math.ceil(step.value("threshold")) - 1;
    opencv_imgproc.threshold(
        buffer.image(), buffer.backBuffer(), below, 255, opencv_imgproc.THRESH_BINARY);
    opencv_core.bitwise_xor(buffer.image(), buffer.backBuffer(), buffer.image());
  }
}
