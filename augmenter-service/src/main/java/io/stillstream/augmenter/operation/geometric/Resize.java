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
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/**
 * Stretches to a size: torchvision's Resize. Either both sides are given and the shape is not kept,
 * or the shorter edge is, and the longer one follows.
 *
 * @param rule the size after it, pixels, of the size before
 */
public record Resize(UnaryOperator<ImageSize> rule) implements AugmentationOperation {

  public static AugmentationOperation parse(SettingsReader settings) {
    OptionalInt edge =
        settings.optionalInteger(
            "size",
            1,
            OperationSettings.MAX_SIDE,
            "length of the shorter edge after it, pixels; instead of height and width");
    OptionalInt limit =
        settings.optionalInteger(
            "max_size",
            1,
            OperationSettings.MAX_SIDE,
            "greatest length of the longer edge, pixels; only with size");
    if (edge.isEmpty()) {
      if (limit.isPresent()) {
        settings.reject("max_size", "is allowed with size only");
      }
      ImageSize target = OperationSettings.size(settings, "size after it, pixels; not beside size");
      return new Resize(image -> target);
    }
    OptionalInt height = side(settings, "height");
    OptionalInt width = side(settings, "width");
    if (height.isPresent() || width.isPresent()) {
      settings.reject("size", "must not be combined with height and width");
    }
    if (limit.isPresent() && limit.getAsInt() <= edge.getAsInt()) {
      settings.reject("max_size", "must be greater than size");
    }
    return new Resize(
        image -> scaled(image, edge.getAsInt(), limit.orElse(OperationSettings.MAX_SIDE)));
  }

  /**
   * The size at which the shorter edge has a fixed length, and the longer one follows, rounded
   * down.
   *
   * @param edge of the shorter edge, pixels
   * @param limit of the longer edge, pixels; what would be longer shrinks both
   */
  private static ImageSize scaled(ImageSize image, int edge, int limit) {
    int before = Math.min(image.height(), image.width());
    long shorter = edge;
    long longer = shorter * Math.max(image.height(), image.width()) / before;
    if (longer > limit) {
      shorter = Math.max(1, limit * shorter / longer);
      longer = limit;
    }
    return image.width() <= image.height()
        ? new ImageSize((int) longer, (int) shorter)
        : new ImageSize((int) shorter, (int) longer);
  }

  private static OptionalInt side(SettingsReader settings, String key) {
    return settings.optionalInteger(key, 1, OperationSettings.MAX_SIDE, "not beside size");
  }

  static ViewTransform apply(ViewTransform frame, RecipeStep step) {
    ImageSize target = new ImageSize(step.intValue("height"), step.intValue("width"));
    return frame.compose(
        target,
        ProjectiveTransform.scaling(
            (double) frame.size().width() / target.width(),
            (double) frame.size().height() / target.height()));
  }

  /** The step that stretches to a size. */
  public static RecipeStep to(ImageSize target) {
    return RecipeStep.of(
        "resize", Map.of("height", (double) target.height(), "width", (double) target.width()));
  }

  @Override
  public void draw(RandomStream random, RecipeBuilder recipe) {
    recipe.add(to(rule.apply(recipe.size())));
  }
}
