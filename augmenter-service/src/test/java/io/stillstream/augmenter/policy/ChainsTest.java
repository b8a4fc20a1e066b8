package io.stillstream.augmenter.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ChainsTest {
  private static final Step FLIP = Step.of("horizontal_flip");
  private static final Chains CHAINS =
      new Chains(
          0.5,
          List.of(
              new Chains.Chain(0.25, List.of(FLIP, Step.of("invert"))),
              new Chains.Chain(0, List.of()),
              new Chains.Chain(0.25, List.of(FLIP))));

  @Test
  void shouldBeAPlainListOfSteps() {
    assertThat(CHAINS.steps())
        .containsExactly(
            Step.of(
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
            Step.of("invert"),
            FLIP);
  }

  @Test
  void shouldBeReadBackFromAmongOthers() {
    // given
    List<Step> recipe = new ArrayList<>(List.of(FLIP));
    recipe.addAll(CHAINS.steps());
    recipe.add(FLIP);

    // then
    assertThat(Chains.at(recipe, 1)).isEqualTo(CHAINS);
  }

  @Test
  void shouldRefuseBrokenRecipes() {
    // given
    List<Step> steps = CHAINS.steps();
    Step within = Step.of("aug_mix", Map.of("m", 1.0));
    Step negative = Step.of("aug_mix", Map.of("m", 0.5, "weight_0", 0.5, "steps_0", -1.0));

    // then
    assertThatThrownBy(() -> Chains.at(steps.subList(0, 3), 0)).hasMessageContaining("chain 2");
    assertThatThrownBy(() -> Chains.at(List.of(steps.get(0), FLIP, within, FLIP), 0))
        .hasMessage("aug_mix within aug_mix");
    assertThatThrownBy(() -> Chains.at(List.of(negative), 0)).hasMessageContaining("chain 0");
    assertThatThrownBy(() -> Chains.at(List.of(Step.of("aug_mix")), 0)).hasMessageContaining(" m");
  }
}
