package io.stillstream.augmenter.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.augmenter.recipe.MixRecipe;
import io.stillstream.augmenter.recipe.RecipeStep;
import io.stillstream.augmenter.recipe.ViewRecipe;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.PixelEncoding;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RecipeMapperTest {
  private static final List<RecipeStep> STEPS =
      List.of(RecipeStep.of("rotate", Map.of("degrees", -7.25)), RecipeStep.of("horizontal_flip"));
  private static final MixRecipe.PartnerCoordinates PARTNER =
      new MixRecipe.PartnerCoordinates("images", 3, 1L << 40, "other");

  @Test
  void shouldRoundTripThroughTheRecord() {
    // given
    List<ViewRecipe> recipes =
        List.of(
            ViewRecipe.of(List.of()),
            new ViewRecipe(4, STEPS, null),
            new ViewRecipe(
                2, STEPS, new MixRecipe(MixRecipe.Kind.MIXUP, PARTNER, 8, STEPS, 0.1, null)),
            new ViewRecipe(
                1,
                List.of(),
                new MixRecipe(
                    MixRecipe.Kind.CUTMIX,
                    PARTNER,
                    1,
                    List.of(),
                    1 / 3.0,
                    new MixRecipe.PixelBox(1, 2, 3, 4))));

    for (ViewRecipe recipe : recipes) {
      // when
      ViewRecipe again = RecipeMapper.fromAvro(view(RecipeMapper.toAvro(recipe)));

      // then
      assertThat(again).isEqualTo(recipe);
    }
  }

  @Test
  void shouldRejectAnUnknownKindOfMix() {
    // given
    io.stillstream.schemas.Recipe record =
        RecipeMapper.toAvro(
            new ViewRecipe(
                1, STEPS, new MixRecipe(MixRecipe.Kind.MIXUP, PARTNER, 1, STEPS, 0.5, null)));
    record.getMix().setKind("blend");

    // then
    assertThatThrownBy(() -> RecipeMapper.fromAvro(view(record)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("mixes in a way that is not known: blend");
  }

  private static AugmentedView view(io.stillstream.schemas.Recipe recipe) {
    return new AugmentedView(
        new Lineage("images", 0, 0L, "a", 1, 2, 5L, "00", null, null),
        recipe,
        PixelEncoding.RAW,
        1,
        1,
        1,
        ByteBuffer.allocate(1),
        null,
        null,
        Instant.EPOCH,
        Instant.EPOCH);
  }
}
