package io.stillstream.augmenter.image.pixel;

import io.stillstream.augmenter.recipe.MixRecipe;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;

/** Mixes two images into one, as a recipe's mix says. */
public final class MixBlender {
  private MixBlender() {}

  /**
   * Mixes.
   *
   * @param image the first image, changed in place
   * @param partner the second image, of the same size and channels
   */
  public static void into(Mat image, Mat partner, MixRecipe mix) {
    switch (mix.kind()) {
      case MIXUP ->
          opencv_core.addWeighted(image, mix.lambda(), partner, 1 - mix.lambda(), 0, image);
      case CUTMIX -> copy(image, partner, mix.box());
    }
  }

  private static void copy(Mat image, Mat partner, MixRecipe.PixelBox box) {
    try (Rect area = new Rect(box.left(), box.top(), box.width(), box.height());
        Mat from = new Mat(partner, area);
        Mat to = new Mat(image, area)) {
      from.copyTo(to);
    }
  }
}
