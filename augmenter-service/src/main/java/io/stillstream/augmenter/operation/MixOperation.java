package io.stillstream.augmenter.operation;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.operation.api.AugmentationOperation;
import io.stillstream.augmenter.operation.api.RecipeBuilder;
import io.stillstream.augmenter.random.GammaSampler;
import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.recipe.MixParameters;
import io.stillstream.augmenter.recipe.MixRecipe;
import io.stillstream.augmenter.settings.SettingsReader;

/**
 * Mixes a second image in, with λ from Beta(α, α). It is drawn against the size of the output, adds
 * no step, but the parameters of the mix.
 *
 * <ul>
 *   <li>mixup (Zhang et al. 2018, arXiv:1710.09412): λ·a + (1 − λ)·b.
 *   <li>CutMix (Yun et al. 2019, arXiv:1905.04899): a rectangle of the second image in the first.
 *       Its sides are √(1 − λ) of the image's; its centre is a pixel of the image, each equally
 *       likely; what lies outside of the image is cut off, and λ becomes the share of the first
 *       image that is left, exactly. Rounding is that of torchvision's CutMix.
 * </ul>
 *
 * @param alpha above 0; 1 makes λ uniform (for CutMix before the rectangle is clipped), less makes
 *     it favour one of the images
 */
record MixOperation(MixRecipe.Kind kind, double alpha) implements AugmentationOperation {
  /**
   * Within the 0.1 to 0.4 that the paper found good for ImageNet, and torchvision's recipes take.
   */
  private static final double MIXUP_ALPHA = 0.2;

  /** The paper's, and torchvision's. */
  private static final double CUTMIX_ALPHA = 1;

  /** Largest α; the larger, the nearer λ is to a half. */
  private static final double MAX_ALPHA = 1_000;

  /** Smallest α; λ is 0 or 1 for nearly all draws. */
  private static final double MIN_ALPHA = 0.001;

  static AugmentationOperation mixUp(SettingsReader settings) {
    return new MixOperation(
        MixRecipe.Kind.MIXUP,
        settings.number(
            "alpha", MIXUP_ALPHA, MIN_ALPHA, MAX_ALPHA, "λ is drawn from Beta(alpha, alpha)"));
  }

  static AugmentationOperation cutMix(SettingsReader settings) {
    return new MixOperation(
        MixRecipe.Kind.CUTMIX,
        settings.number(
            "alpha",
            CUTMIX_ALPHA,
            MIN_ALPHA,
            MAX_ALPHA,
            "λ is drawn from Beta(alpha, alpha), before the rectangle is clipped"));
  }

  @Override
  public boolean mixes() {
    return true;
  }

  /** Adds nothing if the rectangle is empty. */
  @Override
  public void draw(RandomStream random, RecipeBuilder recipe) {
    double lambda = GammaSampler.beta(random, alpha, alpha);
    if (kind == MixRecipe.Kind.MIXUP) {
      recipe.mix(new MixParameters(kind, lambda, null));
      return;
    }
    ImageSize image = recipe.size();
    MixRecipe.PixelBox box = box(random, lambda, image.height(), image.width());
    double area = (double) box.height() * box.width();
    if (area > 0) {
      recipe.mix(new MixParameters(kind, 1 - area / image.pixels(), box));
    }
  }

  private static MixRecipe.PixelBox box(RandomStream random, double lambda, int height, int width) {
    int x = random.between(0, width - 1);
    int y = random.between(0, height - 1);
    double half = 0.5 * Math.sqrt(1 - lambda);
    int halfHeight = (int) (half * height);
    int halfWidth = (int) (half * width);
    int top = Math.max(0, y - halfHeight);
    int left = Math.max(0, x - halfWidth);
    return new MixRecipe.PixelBox(
        top, left, Math.min(height, y + halfHeight) - top, Math.min(width, x + halfWidth) - left);
  }
}
