package io.stillstream.augmenter.operation;

import io.stillstream.augmenter.geometry.ProjectiveTransform;
import io.stillstream.augmenter.geometry.ViewTransform;
import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.recipe.RecipeStep;
import io.stillstream.augmenter.settings.SettingsReader;

/** Mirrors left and right; exact, no interpolation error. */
final class HorizontalFlip implements AugmentationOperation {
  private HorizontalFlip() {}

  static AugmentationOperation parse(SettingsReader settings) {
    return new HorizontalFlip();
  }

  static ViewTransform apply(ViewTransform frame, RecipeStep step) {
    return frame.compose(
        frame.size(), ProjectiveTransform.affine(-1, 0, frame.size().width(), 0, 1, 0));
  }

  @Override
  public void draw(RandomStream random, RecipeBuilder recipe) {
    recipe.add(RecipeStep.of("horizontal_flip"));
  }
}
