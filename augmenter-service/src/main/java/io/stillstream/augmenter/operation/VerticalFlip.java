package io.stillstream.augmenter.operation;

import io.stillstream.augmenter.geometry.ProjectiveTransform;
import io.stillstream.augmenter.geometry.ViewTransform;
import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.recipe.RecipeStep;
import io.stillstream.augmenter.settings.SettingsReader;

/** Mirrors top and bottom; exact, no interpolation error. */
final class VerticalFlip implements AugmentationOperation {
  private VerticalFlip() {}

  static AugmentationOperation parse(SettingsReader settings) {
    return new VerticalFlip();
  }

  static ViewTransform apply(ViewTransform frame, RecipeStep step) {
    return frame.compose(
        frame.size(), ProjectiveTransform.affine(1, 0, 0, 0, -1, frame.size().height()));
  }

  @Override
  public void draw(RandomStream random, RecipeBuilder recipe) {
    recipe.add(RecipeStep.of("vertical_flip"));
  }
}
