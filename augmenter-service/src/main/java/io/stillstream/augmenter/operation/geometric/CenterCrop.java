package io.stillstream.augmenter.operation.geometric;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.geometry.ProjectiveTransform;
import io.stillstream.augmenter.geometry.ViewTransform;
import io.stillstream.augmenter.operation.api.AugmentationOperation;
import io.stillstream.augmenter.operation.api.OperationSettings;
import io.stillstream.augmenter.operation.api.RecipeBuilder;
import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.recipe.RecipeStep;
import io.stillstream.augmenter.settings.SettingsReader;
import java.util.Map;

/**
 * Cuts a window from the middle; where the difference is odd, the upper left of the two middles. A
 * window larger than the image has a margin.
 *
 * @param window size of the window, pixels
 */
public record CenterCrop(ImageSize window) implements AugmentationOperation {

  public static AugmentationOperation parse(SettingsReader settings) {
    return new CenterCrop(OperationSettings.size(settings, "size after it, pixels"));
  }

  static ViewTransform apply(ViewTransform frame, RecipeStep step) {
    ImageSize window = new ImageSize(step.intValue("height"), step.intValue("width"));
    int left = Math.floorDiv(frame.size().width() - window.width(), 2);
    int top = Math.floorDiv(frame.size().height() - window.height(), 2);
    return frame.compose(window, ProjectiveTransform.shift(left, top));
  }

  /** The step that cuts a window of a size. */
  public static RecipeStep to(ImageSize window) {
    return RecipeStep.of(
        "center_crop",
        Map.of("height", (double) window.height(), "width", (double) window.width()));
  }

  @Override
  public void draw(RandomStream random, RecipeBuilder recipe) {
    recipe.add(to(window));
  }
}
