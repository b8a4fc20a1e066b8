package io.stillstream.augmenter.operation;

import io.stillstream.augmenter.random.GammaSampler;
import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.recipe.MixParameters;
import io.stillstream.augmenter.recipe.MixRecipe;
import io.stillstream.augmenter.settings.SettingsReader;

/**
 * CutMix (Yun et al. 2019, arXiv:1905.04899): a rectangle of the second image in the first. Its
 * sides are √(1 − λ) of the image's with λ from Beta(α, α); its centre is a pixel of the image,
 * each equally likely; what lies outside of the image is cut off, and λ becomes the share of the
 * first image that is left, exactly. Rounding is that of torchvision's CutMix.
 *
 * @param alpha above 0; 1 makes λ uniform before the rectangle is clipped
 */
record CutMix(double alpha) implements MixOperation {
  /** The paper's, and torchvision's. */
  private static final double DEFAULT_ALPHA = 1;

  static AugmentationOperation parse(SettingsReader settings) {
    return new CutMix(
        settings.number(
            "alpha",
            DEFAULT_ALPHA,
            MIN_ALPHA,
            MAX_ALPHA,
            "λ is drawn from Beta(alpha, alpha), before the rectangle is clipped"));
  }

  /** Adds nothing if the rectangle is empty. */
  @Override
  public void draw(RandomStream random, RecipeBuilder recipe) {
    double lambda = GammaSampler.beta(random, alpha, alpha);
    int height = recipe.size().height();
    int width = recipe.size().width();
    int x = random.between(0, width - 1);
    int y = random.between(0, height - 1);
    double half = 0.5 * Math.sqrt(1 - lambda);
    int halfHeight = (int) (half * height);
    int halfWidth = (int) (half * width);
    int top = Math.max(0, y - halfHeight);
    int left = Math.max(0, x - halfWidth);
    MixRecipe.PixelBox box =
        new MixRecipe.PixelBox(
            top,
            left,
            Math.min(height, y + halfHeight) - top,
            Math.min(width, x + halfWidth) - left);
    double area = (double) box.height() * box.width();
    if (area > 0) {
      recipe.mix(
          new MixParameters(MixRecipe.Kind.CUTMIX, 1 - area / ((double) height * width), box));
    }
  }
}
