package io.stillstream.augmenter.operation.geometric;

import io.stillstream.augmenter.geometry.ProjectiveTransform;
import io.stillstream.augmenter.geometry.ViewTransform;
import io.stillstream.augmenter.operation.api.AugmentationOperation;
import io.stillstream.augmenter.operation.api.OperationSettings;
import io.stillstream.augmenter.operation.api.RecipeBuilder;
import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.recipe.RecipeStep;
import io.stillstream.augmenter.settings.NumberLists;
import io.stillstream.augmenter.settings.SettingsReader;
import java.util.Map;

/**
 * Shifts by whole pixels. Every shift from −x to x is equally likely (torchvision rounds a
 * continuous draw, which halves the chance of the two extremes). Positive x is to the right,
 * positive y is down.
 *
 * @param x largest shift along x, pixels, at least 0
 * @param y largest shift along y, pixels, at least 0
 * @param fill level outside, 0 to 255
 */
public record Translate(int x, int y, int fill) implements AugmentationOperation {

  public static AugmentationOperation parse(SettingsReader settings) {
    int[] pixels =
        NumberLists.pair(
            settings,
            "pixels",
            null,
            0,
            OperationSettings.MAX_SIDE,
            "largest shift along x and y, pixels");
    return new Translate(
        pixels[0], pixels[1], OperationSettings.fill(settings, "level outside of the image"));
  }

  static ViewTransform apply(ViewTransform frame, RecipeStep step) {
    return frame.compose(
        frame.size(), ProjectiveTransform.shift(-step.value("x"), -step.value("y")));
  }

  @Override
  public void draw(RandomStream random, RecipeBuilder recipe) {
    double dx = random.between(-x, x);
    double dy = random.between(-y, y);
    recipe.add(RecipeStep.of("translate", Map.of("x", dx, "y", dy)).withFill(fill));
  }
}
