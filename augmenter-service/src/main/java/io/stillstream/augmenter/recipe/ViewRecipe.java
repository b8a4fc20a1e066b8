package io.stillstream.augmenter.recipe;

import java.util.List;

/**
 * Everything that was applied to an image to get a view, with the drawn values: enough to repeat
 * it.
 *
 * @param decodeScale denominator of the scale at which the file is decoded: 1, 2, 4 or 8; the
 *     values of the steps are in pixels of the image at full scale in any case
 * @param steps operations in order; those that were not drawn are absent
 * @param mix what was mixed in after the steps; null for most views
 */
public record ViewRecipe(int decodeScale, List<RecipeStep> steps, MixRecipe mix) {

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
}
