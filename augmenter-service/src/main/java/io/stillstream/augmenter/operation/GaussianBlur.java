package io.stillstream.augmenter.operation;

import io.stillstream.augmenter.operation.api.AugmentationOperation;
import io.stillstream.augmenter.operation.api.RecipeBuilder;
import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.random.UniformRange;
import io.stillstream.augmenter.recipe.RecipeStep;
import io.stillstream.augmenter.settings.NumberLists;
import io.stillstream.augmenter.settings.SettingsReader;
import java.util.Map;

/**
 * Smooths with a Gaussian kernel: torchvision's GaussianBlur.
 *
 * @param kernelSize side of the kernel, pixels, odd
 * @param sigma standard deviation, pixels
 */
record GaussianBlur(int kernelSize, UniformRange sigma) implements AugmentationOperation {
  private static final int MAX_KERNEL = 99;

  static AugmentationOperation parse(SettingsReader settings) {
    String key = "kernel_size";
    int size = settings.requiredInteger(key, 1, MAX_KERNEL, "side of the kernel, pixels, odd");
    if (size % 2 == 0) {
      settings.reject(key, "must be odd");
    }
    UniformRange sigma =
        NumberLists.interval(
            settings,
            "sigma",
            new UniformRange(0.1, 2),
            0.01,
            MAX_KERNEL,
            "standard deviation, pixels");
    return new GaussianBlur(size, sigma);
  }

  @Override
  public void draw(RandomStream random, RecipeBuilder recipe) {
    recipe.add(
        RecipeStep.of(
            "gaussian_blur",
            Map.of("kernel_size", (double) kernelSize, "sigma", sigma.draw(random))));
  }
}
