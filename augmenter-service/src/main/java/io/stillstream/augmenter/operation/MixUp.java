package io.stillstream.augmenter.operation;

import io.stillstream.augmenter.random.GammaSampler;
import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.recipe.MixParameters;
import io.stillstream.augmenter.recipe.MixRecipe;
import io.stillstream.augmenter.settings.SettingsReader;

/**
 * mixup (Zhang et al. 2018, arXiv:1710.09412): λ·a + (1 − λ)·b with λ from Beta(α, α).
 *
 * @param alpha above 0; 1 makes λ uniform, less makes it favour one of the images
 */
record MixUp(double alpha) implements MixOperation {
  /**
   * Within the 0.1 to 0.4 that the paper found good for ImageNet, and torchvision's recipes take.
   */
  private static final double DEFAULT_ALPHA = 0.2;

  static AugmentationOperation parse(SettingsReader settings) {
    return new MixUp(
        settings.number(
            "alpha", DEFAULT_ALPHA, MIN_ALPHA, MAX_ALPHA, "λ is drawn from Beta(alpha, alpha)"));
  }

  @Override
  public void draw(RandomStream random, RecipeBuilder recipe) {
    recipe.mix(
        new MixParameters(MixRecipe.Kind.MIXUP, GammaSampler.beta(random, alpha, alpha), null));
  }
}
