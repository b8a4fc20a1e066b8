package io.stillstream.augmenter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.augmenter.policy.Mix;
import io.stillstream.augmenter.policy.Recipe;
import io.stillstream.augmenter.policy.Step;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.PixelEncoding;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RecipesTest {
  private static final List<Step> STEPS =
      List.of(Step.of("rotate", Map.of("degrees", -7.25)), Step.of("horizontal_flip"));
  private static final Mix.Partner PARTNER = new Mix.Partner("images", 3, 1L << 40, "other");

  @Test
  void shouldComeBackFromTheRecordAsTheyWere() {
    // given
    List<Recipe> recipes =
        List.of(
            Recipe.of(List.of()),
            new Recipe(4, STEPS, null),
            new Recipe(2, STEPS, new Mix(Mix.Kind.MIXUP, PARTNER, 8, STEPS, 0.1, null)),
            new Recipe(
                1,
                List.of(),
                new Mix(Mix.Kind.CUTMIX, PARTNER, 1, List.of(), 1 / 3.0, new Mix.Box(1, 2, 3, 4))));

    for (Recipe recipe : recipes) {
      // when
      Recipe again = Recipes.of(view(Recipes.record(recipe)));

      // then
      assertThat(again).isEqualTo(recipe);
    }
  }

  @Test
  void shouldRefuseToMixInAWayThatIsNotKnown() {
    // given
    io.stillstream.schemas.Recipe record =
        Recipes.record(new Recipe(1, STEPS, new Mix(Mix.Kind.MIXUP, PARTNER, 1, STEPS, 0.5, null)));
    record.getMix().setKind("blend");

    // then
    assertThatThrownBy(() -> Recipes.of(view(record)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("mixes in a way that is not known: blend");
  }

  private static AugmentedView view(io.stillstream.schemas.Recipe recipe) {
    return new AugmentedView(
        new Lineage("images", 0, 0L, "a", 1, 2, 5L, "00"),
        recipe,
        PixelEncoding.RAW,
        1,
        1,
        1,
        ByteBuffer.allocate(1),
        null,
        Instant.EPOCH,
        Instant.EPOCH);
  }
}
