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
 * Cuts a window of fixed size at a random place, after an optional margin on all sides:
 * torchvision's RandomCrop with {@code pad_if_needed}: where the window is larger than the image,
 * the image lies at a random place within it.
 *
 * @param window size of the window, pixels
 * @param padding width of the margin, pixels, at least 0
 * @param fill level of the margin, 0 to 255
 */
public record RandomCrop(ImageSize window, int padding, int fill) implements AugmentationOperation {

  public static AugmentationOperation parse(SettingsReader settings) {
    ImageSize window = OperationSettings.size(settings, "size of the window, pixels");
    int padding =
        settings.integer(
            "padding", 0, 0, OperationSettings.MAX_SIDE, "margin on all sides, pixels");
    return new RandomCrop(window, padding, OperationSettings.fill(settings, "level of the margin"));
  }

  static ViewTransform apply(ViewTransform frame, RecipeStep step) {
    return frame.compose(
        new ImageSize(step.intValue("height"), step.intValue("width")),
        ProjectiveTransform.shift(step.intValue("left"), step.intValue("top")));
  }

  @Override
  public void draw(RandomStream random, RecipeBuilder recipe) {
    int top = place(random, recipe.size().height(), window.height());
    int left = place(random, recipe.size().width(), window.width());
    RecipeStep step =
        RecipeStep.of(
            "random_crop",
            Map.of(
                "top", (double) top,
                "left", (double) left,
                "height", (double) window.height(),
                "width", (double) window.width()));
    recipe.add(step.withFill(fill));
  }

  /** First pixel of the window, in coordinates of the image without its margin. */
  private int place(RandomStream random, int side, int windowSide) {
    int last = side + padding - windowSide;
    return random.between(Math.min(-padding, last), Math.max(-padding, last));
  }
}
