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
 * Adds a normal deviate to each level of each channel: torchvision's GaussianNoise. A recipe holds
 * the seed of the deviates.
 *
 * @param mean of the deviates, as a fraction of 255
 * @param sigma their standard deviation, as a fraction of 255
 */
record GaussianNoise(double mean, UniformRange sigma) implements AugmentationOperation {

  static AugmentationOperation parse(SettingsReader settings) {
    double mean = settings.number("mean", 0, -1, 1, "of the noise, as a fraction of 255");
    UniformRange sigma =
        NumberLists.interval(
            settings,
            "sigma",
            new UniformRange(0.1, 0.1),
            0,
            1,
            "standard deviation, as a fraction of 255");
    return new GaussianNoise(mean, sigma);
  }

  @Override
  public void draw(RandomStream random, RecipeBuilder recipe) {
    double drawn = sigma.draw(random);
    recipe.add(
        RecipeStep.of(
            "gaussian_noise", Map.of("mean", mean, "sigma", drawn, "seed", random.nextSeed())));
  }
}
