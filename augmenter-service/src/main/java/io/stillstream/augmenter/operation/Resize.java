package io.stillstream.augmenter.operation;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.geometry.ProjectiveTransform;
import io.stillstream.augmenter.geometry.ViewTransform;
import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.recipe.RecipeStep;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Stretches to a size: torchvision's Resize. Either both sides are given and the shape is not kept,
 * or the shorter edge is, and the longer one follows.
 *
 * @param rule the size after it, pixels, of the size before
 */
public record Resize(Rule rule) implements AugmentationOperation {

  /** Size after a resize. */
  sealed interface Rule {
    ImageSize of(ImageSize image);
  }

  /** Always the same. */
  record Fixed(ImageSize target) implements Rule {
    @Override
    public ImageSize of(ImageSize image) {
      return target;
    }
  }

  /**
   * The shorter edge has a fixed length, and the longer one follows, rounded down.
   *
   * @param edge of the shorter edge, pixels
   * @param limit of the longer edge, pixels; what would be longer shrinks both
   */
  record Shorter(int edge, int limit) implements Rule {
    @Override
    public ImageSize of(ImageSize image) {
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
  }

  static AugmentationOperation parse(SettingsReader parameters) {
    OptionalInt edge =
        parameters.optionalWhole(
            "size",
            1,
            SettingsReader.MAX_SIDE,
            "length of the shorter edge after it, pixels; instead of height and width");
    OptionalInt limit =
        parameters.optionalWhole(
            "max_size",
            1,
            SettingsReader.MAX_SIDE,
            "greatest length of the longer edge, pixels; goes with size");
    if (edge.isEmpty()) {
      if (limit.isPresent()) {
        parameters.reject("max_size", "goes with size only");
      }
      return new Resize(new Fixed(parameters.size("size after it, pixels; not beside size")));
    }
    OptionalInt height = side(parameters, "height");
    OptionalInt width = side(parameters, "width");
    if (height.isPresent() || width.isPresent()) {
      parameters.reject("size", "must not stand beside height and width");
    }
    if (limit.isPresent() && limit.getAsInt() <= edge.getAsInt()) {
      parameters.reject("max_size", "must be greater than size");
    }
    return new Resize(new Shorter(edge.getAsInt(), limit.orElse(SettingsReader.MAX_SIDE)));
  }

  private static OptionalInt side(SettingsReader parameters, String key) {
    return parameters.optionalWhole(key, 1, SettingsReader.MAX_SIDE, "not beside size");
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
  public void draw(RandomStream random, RecipeBuilder draft) {
    draft.add(to(rule.of(draft.size())));
  }
}
