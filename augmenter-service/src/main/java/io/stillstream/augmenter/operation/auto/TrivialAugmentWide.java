package io.stillstream.augmenter.operation.auto;

import io.stillstream.augmenter.operation.api.AugmentationOperation;
import io.stillstream.augmenter.operation.api.OperationSettings;
import io.stillstream.augmenter.operation.api.RecipeBuilder;
import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.settings.SettingsReader;

/**
 * TrivialAugment in its wide form (Müller, Hutter 2021, arXiv:2103.10158) with torchvision's
 * choices and magnitudes: one operation of any strength.
 *
 * @param bins number of magnitudes
 * @param fill level outside of the image, 0 to 255
 */
public record TrivialAugmentWide(int bins, int fill) implements AugmentationOperation {

  public static AugmentationOperation parse(SettingsReader settings) {
    return new TrivialAugmentWide(
        RandAugment.bins(settings), OperationSettings.fill(settings, "level outside of the image"));
  }

  /** Takes a number for the choice, one for the strength and one for the sign where it has them. */
  @Override
  public void draw(RandomStream random, RecipeBuilder recipe) {
    AugmentationSpace.trivialAugmentWide(bins).draw(random, 0, bins - 1, fill, recipe);
  }
}
