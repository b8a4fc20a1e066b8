package io.stillstream.augmenter.image.pixel;

import io.stillstream.augmenter.recipe.MixRecipe;
import io.stillstream.augmenter.recipe.MixRecipe.PixelBox;
import io.stillstream.augmenter.recipe.RecipeStep;
import io.stillstream.schemas.answer.SegmentationMask;
import java.util.Arrays;

/**
 * What operations that change pixel values do to a mask: nothing, except for erasing and mixing.
 */
public final class MaskOperations {
  /** The step that erases a rectangle. */
  private static final String ERASE = "erase";

  private MaskOperations() {}

  /** Whether the step changes masks. */
  public static boolean changesMask(RecipeStep step) {
    return step.name().equals(ERASE);
  }

  /**
   * The mask after a step: what is erased is {@link SegmentationMask#IGNORE}.
   *
   * @param step was applied to the image before, so its rectangle lies within
   * @return the same one if the step does not change masks
   */
  public static SegmentationMask apply(SegmentationMask mask, RecipeStep step) {
    return changesMask(step)
        ? withBox(
            mask,
            new PixelBox(
                step.intValue("top"),
                step.intValue("left"),
                step.intValue("height"),
                step.intValue("width")),
            null)
        : mask;
  }

  /**
   * The mask of a mix. CutMix takes the partner's classes in its rectangle; they are {@link
   * SegmentationMask#IGNORE} if the partner has no mask. Pixels of a mixup have no one class.
   *
   * @param mask of the first image; null if it has none
   * @param partner of the second image, of the same size; null if it has none
   * @return null if the first image has none, or for mixup
   */
  public static SegmentationMask mix(
      SegmentationMask mask, SegmentationMask partner, MixRecipe mix) {
    if (mask == null) {
      return null;
    }
    return switch (mix.kind()) {
      case MIXUP -> null;
      case CUTMIX -> withBox(mask, mix.box(), partner);
    };
  }

  /** A copy with a rectangle of another mask, or without classes there if that is null. */
  private static SegmentationMask withBox(
      SegmentationMask mask, PixelBox box, SegmentationMask other) {
    byte[] classes = mask.classes().clone();
    for (int y = box.top(); y < box.top() + box.height(); y++) {
      int from = y * mask.width() + box.left();
      if (other == null) {
        Arrays.fill(classes, from, from + box.width(), (byte) SegmentationMask.IGNORE);
      } else {
        System.arraycopy(other.classes(), from, classes, from, box.width());
      }
    }
    return new SegmentationMask(mask.height(), mask.width(), classes);
  }
}
