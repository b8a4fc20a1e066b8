package io.stillstream.augmenter.operation.auto;

import io.stillstream.augmenter.operation.api.AugmentationOperation;
import io.stillstream.augmenter.operation.api.OperationSettings;
import io.stillstream.augmenter.operation.api.RecipeBuilder;
import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.settings.SettingsReader;

/**
 * RandAugment (Cubuk et al. 2019, arXiv:1909.13719) with torchvision's choices and magnitudes.
 *
 * @param count how many operations are drawn, with replacement
 * @param magnitude bin of their strength, 0 to {@code bins − 1}
 * @param bins number of magnitudes
 * @param fill level outside of the image, 0 to 255
 */
public record RandAugment(int count, int magnitude, int bins, int fill)
    implements AugmentationOperation {
  static final int DEFAULT_BINS = 31;
  static final int MOST_BINS = 1_000;
  static final String BINS = "num_magnitude_bins";
  private static final String MAGNITUDE = "magnitude";

  public static AugmentationOperation parse(SettingsReader settings) {
    int count = settings.integer("num_ops", 2, 1, 20, "operations drawn, with replacement");
    int magnitude =
        settings.integer(
            MAGNITUDE,
            9,
            0,
            MOST_BINS - 1,
            "strength of all of them; less than `num_magnitude_bins`");
    int bins = bins(settings);
    if (magnitude >= bins) {
      if (bins == DEFAULT_BINS) {
        settings.reject(MAGNITUDE, "must be less than num_magnitude_bins (" + bins + ")");
      } else {
        settings.reject(BINS, "must be more than magnitude (" + magnitude + ")");
      }
    }
    return new RandAugment(
        count, magnitude, bins, OperationSettings.fill(settings, "level outside of the image"));
  }

  static int bins(SettingsReader settings) {
    return settings.integer(BINS, DEFAULT_BINS, 2, MOST_BINS, "number of different strengths");
  }

  /** Takes one number per operation for the choice, and one for the sign where it has one. */
  @Override
  public void draw(RandomStream random, RecipeBuilder recipe) {
    AugmentationSpace space = AugmentationSpace.randAugment(bins, recipe.size());
    for (int i = 0; i < count; i++) {
      space.draw(random, magnitude, magnitude, fill, recipe);
    }
  }
}
