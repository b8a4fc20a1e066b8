package io.stillstream.augmenter.operation;

import io.stillstream.augmenter.geometry.ProjectiveTransform;
import io.stillstream.augmenter.geometry.ViewTransform;
import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.recipe.RecipeStep;

/** Mirrors left and right; exact, no interpolation error. */
final class HorizontalFlip implements AugmentationOperation {
  private HorizontalFlip() {}

  static AugmentationOperation parse(SettingsReader parameters) {
    return new HorizontalFlip();
  }

  static ViewTransform apply(ViewTransform frame, RecipeStep step) {
    return frame.compose(
        frame.size(), ProjectiveTransform.affine(-1, 0, frame.size().width(), 0, 1, 0));
  }

  @Override
  public void draw(RandomStream random, RecipeBuilder draft) {
    draft.add(RecipeStep.of("horizontal_flip"));
  }
}
