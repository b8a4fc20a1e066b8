package io.stillstream.augmenter.image.pixel;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.augmenter.image.TestMasks;
import io.stillstream.augmenter.recipe.MixRecipe;
import io.stillstream.augmenter.recipe.RecipeStep;
import io.stillstream.schemas.answer.SegmentationMask;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class MaskOperationsTest {
  private static final SegmentationMask MASK = TestMasks.random(6, 8, 1);
  private static final SegmentationMask OTHER = TestMasks.plain(6, 8, 30);
  private static final MixRecipe.PixelBox BOX = new MixRecipe.PixelBox(1, 2, 4, 5);

  @Test
  void shouldIgnoreWhatIsErased() {
    // given
    SegmentationMask before = TestMasks.random(6, 8, 1);
    RecipeStep step =
        RecipeStep.of(
            "erase", Map.of("top", 1.0, "left", 2.0, "height", 4.0, "width", 5.0, "value", 0.0));

    // when
    SegmentationMask erased = MaskOperations.apply(MASK, step);

    // then
    requireBox(erased, SegmentationMask.IGNORE);
    assertThat(MASK).isEqualTo(before);
  }

  @Test
  void shouldLeaveTheMaskAloneWherePixelValuesChange() {
    assertThat(MaskOperations.apply(MASK, RecipeStep.of("invert"))).isSameAs(MASK);
    assertThat(MaskOperations.changesMask(RecipeStep.of("invert"))).isFalse();
  }

  @Test
  void shouldTakeTheClassesOfThePartnerWithItsPixels() {
    requireBox(MaskOperations.mix(MASK, OTHER, mix(MixRecipe.Kind.CUTMIX, BOX)), 30);
  }

  @Test
  void shouldIgnoreTheRectangleOfAPartnerWithoutAMask() {
    requireBox(
        MaskOperations.mix(MASK, null, mix(MixRecipe.Kind.CUTMIX, BOX)), SegmentationMask.IGNORE);
  }

  @Test
  void shouldHaveNoMaskForMixupOrWithoutOneOfTheFirstImage() {
    assertThat(MaskOperations.mix(MASK, OTHER, mix(MixRecipe.Kind.MIXUP, null))).isNull();
    assertThat(MaskOperations.mix(null, OTHER, mix(MixRecipe.Kind.CUTMIX, BOX))).isNull();
  }

  /** One class in the rectangle, and the classes of before around it. */
  private static void requireBox(SegmentationMask mask, int id) {
    for (int y = 0; y < 6; y++) {
      for (int x = 0; x < 8; x++) {
        boolean inside = y >= 1 && y < 5 && x >= 2 && x < 7;
        assertThat(mask.at(y * 8 + x)).isEqualTo(inside ? id : MASK.at(y * 8 + x));
      }
    }
  }

  private static MixRecipe mix(MixRecipe.Kind kind, MixRecipe.PixelBox box) {
    return new MixRecipe(
        kind, new MixRecipe.PartnerCoordinates("images", 0, 4, "other"), 1, List.of(), 0.5, box);
  }
}
