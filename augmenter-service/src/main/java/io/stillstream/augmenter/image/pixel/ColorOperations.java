package io.stillstream.augmenter.image.pixel;

import io.stillstream.augmenter.image.buffer.RenderBuffer;
import io.stillstream.augmenter.recipe.RecipeStep;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;

/**
 * Brightness, contrast, saturation and grey, each a blend with black, the mean grey or the pixel's
 * own grey as in torchvision: factor · image + (1 − factor) · other, clipped to 0 to 255 and to
 * whole levels. Grey images have neither saturation nor another grey, and stay as they are there.
 */
final class ColorOperations implements AutoCloseable {
  private static final double[] LUMA = {0.2989, 0.587, 0.114};

  private final ColorMatrix affine = new ColorMatrix();

  /** Multiplies by {@code factor}. */
  void brightness(RenderBuffer buffer, RecipeStep step) {
    scale(buffer.image(), step.value("factor"), 0);
  }

  /** Multiplies the distance from the mean grey of the image by {@code factor}. */
  void contrast(RenderBuffer buffer, RecipeStep step) {
    double factor = step.value("factor");
    scale(buffer.image(), factor, (1 - factor) * meanGrey(buffer));
  }

  /** Multiplies the distance from the grey of each pixel by {@code factor}. */
  void saturation(RenderBuffer buffer, RecipeStep step) {
    if (buffer.image().channels() == 1) {
      return;
    }
    double factor = step.value("factor");
    double[] rows = new double[12];
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        rows[4 * i + j] = (1 - factor) * LUMA[j] + (i == j ? factor : 0);
      }
      // torchvision truncates fractions twice, from the grey and from the result: the middle of
      // both.
      rows[4 * i + 3] = Truncation.OFFSET - (1 - factor) / 2;
    }
    affine.apply(buffer, rows);
  }

  /** Gives all channels the grey of the pixel. */
  void grayscale(RenderBuffer buffer, RecipeStep step) {
    if (buffer.image().channels() == 3) {
      opencv_imgproc.cvtColor(buffer.image(), buffer.backBuffer(), opencv_imgproc.COLOR_RGB2GRAY);
      opencv_imgproc.cvtColor(buffer.backBuffer(), buffer.image(), opencv_imgproc.COLOR_GRAY2RGB);
    }
  }

  /** factor · image + shift in place, fractions truncated. */
  static void scale(Mat image, double factor, double shift) {
    image.convertTo(image, -1, factor, shift + Truncation.OFFSET);
  }

  /**
   * Mean of the grey levels, each truncated to a whole level as in torchvision. What is cut off is
   * half a level on average, which is what is subtracted here. Changes the spare image.
   */
  static double meanGrey(RenderBuffer buffer) {
    Mat image = buffer.image();
    if (image.channels() == 1) {
      return mean(image);
    }
    opencv_imgproc.cvtColor(image, buffer.backBuffer(), opencv_imgproc.COLOR_RGB2GRAY);
    return Math.max(0, mean(buffer.backBuffer()) - 0.5);
  }

  private static double mean(Mat grey) {
    try (Scalar mean = opencv_core.mean(grey)) {
      return mean.get(0);
    }
  }

  @Override
  public void close() {
    affine.close();
  }
}
