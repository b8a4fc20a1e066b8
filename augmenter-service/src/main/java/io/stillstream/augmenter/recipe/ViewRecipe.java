package io.stillstream.augmenter.recipe;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.geometry.ViewTransform;
import io.stillstream.augmenter.operation.GeometricOperation;
import java.util.List;

/**
 * All that was done to one image to get a view, with the values drawn: enough to do it again.
 *
 * @param decodeScale denominator of the scale at which the file is decoded: 1, 2, 4 or 8; the
 *     values of the steps are in pixels of the image at full scale all the same
 * @param steps operations in order; those whose probability spared them are absent
 * @param mix what was mixed in after the steps; null for most views
 */
public record ViewRecipe(int decodeScale, List<RecipeStep> steps, MixRecipe mix) {

  /** Copies the steps. */
  public ViewRecipe {
    steps = List.copyOf(steps);
  }

  /** A recipe at full scale, without a partner. */
  public static ViewRecipe of(List<RecipeStep> steps) {
    return new ViewRecipe(1, steps, null);
  }

  /** The same with another decode scale. */
  public ViewRecipe withDecodeScale(int scale) {
    return new ViewRecipe(scale, steps, mix);
  }

  /** The same with another decode scale of the partner, if it has one. */
  public ViewRecipe withPartnerDecodeScale(int scale) {
    return mix == null
        ? this
        : new ViewRecipe(decodeScale, steps, mix.withPartnerDecodeScale(scale));
  }

  /**
   * How many pixels of the image one pixel spans where the steps look at the image for the first
   * time, see {@link ViewTransform#reduction()}: a file may be decoded at a scale reduced by this,
   * and nothing is lost.
   *
   * @param image size of the image at full scale
   */
  public static double reduction(List<RecipeStep> steps, ImageSize image) {
    ViewTransform frame = ViewTransform.of(image);
    for (RecipeStep step : steps) {
      GeometricOperation geometry = GeometricOperation.named(step.name()).orElse(null);
      if (geometry == null || !geometry.canFuse(frame, step)) {
        break;
      }
      frame = geometry.apply(frame, step);
    }
    return frame.reduction();
  }
}
