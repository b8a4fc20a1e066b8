package io.stillstream.augmenter.operation;

import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.random.UniformRange;
import io.stillstream.augmenter.recipe.RecipeStep;
import java.util.Map;

/**
 * Smooths with a Gaussian kernel: torchvision's GaussianBlur.
 *
 * @param kernelSize side of the kernel, pixels, odd
 * @param sigma standard deviation, pixels
 */
record GaussianBlur(int kernelSize, UniformRange sigma) implements AugmentationOperation {
  private static final int MAX_KERNEL = 99;

  static AugmentationOperation parse(SettingsReader parameters) {
    String key = "kernel_size";
    int size = parameters.requiredWhole(key, 1, MAX_KERNEL, "side of the kernel, pixels, odd");
    if (size % 2 == 0) {
      parameters.reject(key, "must be odd");
    }
    double[] sigma =
        parameters.interval(
            "sigma", new double[] {0.1, 2}, 0.01, MAX_KERNEL, "standard deviation, pixels");
    return new GaussianBlur(size, UniformRange.of(sigma));
  }

  @Override
  public void draw(RandomStream random, RecipeBuilder draft) {
    draft.add(
        RecipeStep.of(
            "gaussian_blur",
            Map.of("kernel_size", (double) kernelSize, "sigma", sigma.draw(random))));
  }
}
