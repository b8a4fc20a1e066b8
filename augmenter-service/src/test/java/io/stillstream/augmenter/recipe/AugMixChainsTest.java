package io.stillstream.augmenter.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class AugMixChainsTest {
  private static final RecipeStep FLIP = RecipeStep.of("horizontal_flip");
  private static final AugMixChains CHAINS =
      new AugMixChains(
          0.5,
          List.of(
              new AugMixChains.Chain(0.25, List.of(FLIP, RecipeStep.of("invert"))),
              new AugMixChains.Chain(0, List.of()),
              new AugMixChains.Chain(0.25, List.of(FLIP))));

  @Test
  void shouldBeAPlainListOfSteps() {
    assertThat(CHAINS.steps())
        .containsExactly(
            RecipeStep.of(
                "aug_mix",
                Map.of(
                    "m",
                    0.5,
                    "weight_0",
                    0.25,
                    "steps_0",
                    2.0,
                    "weight_1",
                    0.0,
                    "steps_1",
                    0.0,
                    "weight_2",
                    0.25,
                    "steps_2",
                    1.0)),
            FLIP,
            RecipeStep.of("invert"),
            FLIP);
  }

  @Test
  void shouldParseItsStepsAmongOthers() {
    // given
    List<RecipeStep> recipe = new ArrayList<>(List.of(FLIP));
    recipe.addAll(CHAINS.steps());
    recipe.add(FLIP);

    // then
    assertThat(AugMixChains.parseAt(recipe, 1)).isEqualTo(CHAINS);
  }

  @Test
  void shouldRejectBrokenRecipes() {
    // given
    List<RecipeStep> steps = CHAINS.steps();
    RecipeStep within = RecipeStep.of("aug_mix", Map.of("m", 1.0));
    RecipeStep negative =
        RecipeStep.of("aug_mix", Map.of("m", 0.5, "weight_0", 0.5, "steps_0", -1.0));

    // then
    assertThatThrownBy(() -> AugMixChains.parseAt(steps.subList(0, 3), 0))
        .hasMessageContaining("chain 2");
    assertThatThrownBy(() -> AugMixChains.parseAt(List.of(steps.get(0), FLIP, within, FLIP), 0))
        .hasMessage("aug_mix within aug_mix");
    assertThatThrownBy(() -> AugMixChains.parseAt(List.of(negative), 0))
        .hasMessageContaining("chain 0");
    assertThatThrownBy(() -> AugMixChains.parseAt(List.of(RecipeStep.of("aug_mix")), 0))
        .hasMessageContaining(" m");
  }
}
