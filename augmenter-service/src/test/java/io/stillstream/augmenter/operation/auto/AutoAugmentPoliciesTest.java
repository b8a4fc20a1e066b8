package io.stillstream.augmenter.operation.auto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.operation.api.RecipeBuilder;
import io.stillstream.augmenter.operation.geometric.GeometricOperation;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.augmenter.policy.PolicyException;
import io.stillstream.augmenter.policy.PolicyYaml;
import io.stillstream.augmenter.random.FixedRandomStream;
import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.recipe.AugMixChains;
import io.stillstream.augmenter.recipe.RecipeStep;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class AutoAugmentPoliciesTest {
  private static final ImageSize SIZE = new ImageSize(100, 331);

  @Test
  void shouldAddTheStepOfEveryPrimitive() {
    // given
    RecipeBuilder recipe = new RecipeBuilder(SIZE, GeometricOperation::sizeAfter);

    // when
    for (AutoAugmentOperation primitive : AutoAugmentOperation.values()) {
      primitive.addStep(recipe, primitive == AutoAugmentOperation.POSTERIZE ? 5 : -0.5, 0);
    }
    AutoAugmentOperation.TRANSLATE_X.addStep(recipe, -17.9, 0);
    AutoAugmentOperation.ROTATE.addStep(recipe, 12, 128);

    // then
    double shear = Math.toDegrees(Math.atan(-0.5));
    assertThat(recipe.size()).isEqualTo(SIZE);
    assertThat(recipe.steps())
        .containsExactly(
            sheared("shear_x", shear),
            sheared("shear_y", shear),
            RecipeStep.of("translate", Map.of("x", 0.0, "y", 0.0)),
            RecipeStep.of("translate", Map.of("x", 0.0, "y", 0.0)),
            RecipeStep.of("rotate", Map.of("degrees", -0.5)),
            RecipeStep.of("brightness", Map.of("factor", 0.5)),
            RecipeStep.of("saturation", Map.of("factor", 0.5)),
            RecipeStep.of("contrast", Map.of("factor", 0.5)),
            RecipeStep.of("sharpness", Map.of("factor", 0.5)),
            RecipeStep.of("posterize", Map.of("bits", 5.0)),
            RecipeStep.of("solarize", Map.of("threshold", -0.5)),
            RecipeStep.of("autocontrast"),
            RecipeStep.of("equalize"),
            RecipeStep.of("translate", Map.of("x", -17.0, "y", 0.0)),
            RecipeStep.of("rotate", Map.of("degrees", 12.0, "fill", 128.0)));
  }

  @Test
  void shouldApplyAsManyOperationsOfOneStrengthAsAskedFor() {
    // given: translate_x (3 of 14) to the right, translate_y (4) up, identity (0)
    Policy policy = policy("rand_augment: {num_ops: 3, magnitude: 30, fill: 7}");
    RandomStream random = FixedRandomStream.of(0, 3.5 / 14, 0.9, 4.5 / 14, 0.1, 0.5 / 14);

    // when
    List<RecipeStep> steps = policy.recipe(1, random, SIZE).steps();

    // then: 150 of 331 pixels of the width, and of the height
    assertThat(steps)
        .startsWith(
            RecipeStep.of("translate", Map.of("x", 150.0, "y", 0.0, "fill", 7.0)),
            RecipeStep.of("translate", Map.of("x", 0.0, "y", -45.0, "fill", 7.0)))
        .hasSize(3)
        .last()
        .extracting(RecipeStep::name)
        .isEqualTo("resize");
  }

  @Test
  void shouldDrawOneOperationOfAnyStrengthForTrivialAugment() {
    // given: solarize (11 of 14) in bin 15 of 31; it has no sign
    Policy policy = policy("trivial_augment_wide");

    // when
    List<RecipeStep> solarized =
        policy.recipe(1, FixedRandomStream.of(0, 11.5 / 14, 15.5 / 31), SIZE).steps();
    List<RecipeStep> same = policy.recipe(1, FixedRandomStream.of(0, 0.5 / 14), SIZE).steps();
    List<RecipeStep> turned =
        policy.recipe(1, FixedRandomStream.of(0, 5.5 / 14, 30.5 / 31, 0.4), SIZE).steps();

    // then
    assertThat(solarized).startsWith(RecipeStep.of("solarize", Map.of("threshold", 127.5)));
    assertThat(same).hasSize(1);
    assertThat(turned).startsWith(RecipeStep.of("rotate", Map.of("degrees", -135.0)));
  }

  @Test
  void shouldChooseEveryPrimitiveEquallyOften() {
    // given
    Policy policy = policy("trivial_augment_wide");
    RandomStream random = RandomStream.of(3);
    Map<String, Integer> counts = new TreeMap<>();

    // when
    for (int i = 0; i < 28_000; i++) {
      List<RecipeStep> steps = policy.recipe(1, random, new ImageSize(8, 8)).steps();
      counts.merge(steps.isEmpty() ? "identity" : steps.get(0).name(), 1, Integer::sum);
    }

    // then: both shears are affine, both translations translate
    assertThat(counts).hasSize(12);
    counts.forEach(
        (name, count) ->
            assertThat(count)
                .as(name)
                .isCloseTo(
                    name.equals("affine") || name.equals("translate") ? 4_000 : 2_000,
                    within(250)));
  }

  @Test
  void shouldMixChainsOfTheDrawnDepth() {
    // given
    Policy policy = policy("aug_mix: {mixture_width: 4}");
    RandomStream random = RandomStream.of(4);
    double own = 0;
    int chains = 0;
    int[] depths = new int[4];

    // when
    for (int i = 0; i < 2_000; i++) {
      AugMixChains mixture =
          AugMixChains.parseAt(policy.recipe(1, random, new ImageSize(8, 8)).steps(), 0);
      own += mixture.imageWeight();
      double sum = mixture.imageWeight();
      for (AugMixChains.Chain chain : mixture.chains()) {
        sum += chain.weight();
        chains++;
        depths[chain.steps().size()]++;
      }
      assertThat(sum).isCloseTo(1, within(1e-12));
    }

    // then: no identity here, so depths are 1 to 3, equally often
    assertThat(own / 2_000).isCloseTo(0.5, within(0.03));
    assertThat(chains).isEqualTo(8_000);
    assertThat(depths[0]).isZero();
    for (int depth = 1; depth <= 3; depth++) {
      assertThat(depths[depth]).isCloseTo(8_000 / 3, within(200));
    }
  }

  @Test
  void shouldStayWithinTheSeverity() {
    // given: at severity 1 everything is at its weakest
    Policy policy = policy("aug_mix: {severity: 1, chain_depth: 5, all_ops: false}");
    RandomStream random = RandomStream.of(5);

    for (int i = 0; i < 200; i++) {
      // when
      List<RecipeStep> steps = policy.recipe(1, random, new ImageSize(8, 8)).steps();

      // then
      assertThat(steps).hasSize(1 + 15);
      for (RecipeStep step : steps.subList(1, steps.size())) {
        assertThat(step.name())
            .isIn(
                "affine",
                "translate",
                "rotate",
                "posterize",
                "solarize",
                "autocontrast",
                "equalize");
        assertThat(step.values().getOrDefault("degrees", 0.0)).isZero();
        assertThat(step.values().getOrDefault("threshold", 255.0)).isEqualTo(255);
        assertThat(step.values().getOrDefault("bits", 4.0)).isEqualTo(4);
      }
    }
  }

  @Test
  void shouldRejectInvalidSettings() {
    // given
    String operations =
        """
        - rand_augment: {magnitude: 31}
        - rand_augment: {num_magnitude_bins: 9}
        - rand_augment: {num_ops: 0, fill: 256}
        - trivial_augment_wide: {num_magnitude_bins: 1}
        - aug_mix: {severity: 11, alpha: 0, chain_depth: 1.5, all_ops: maybe, operations: []}
        """;

    // when
    PolicyException e =
        catchThrowableOfType(
            PolicyException.class,
            () -> PolicyYaml.policy("output: {height: 8, width: 8}\noperations:\n" + operations));

    // then
    assertThat(e.errors())
        .containsExactlyInAnyOrder(
            "policy.operations[0].rand_augment.magnitude: must be less than num_magnitude_bins (31), was 31",
            "policy.operations[1].rand_augment.num_magnitude_bins: must be more than magnitude (9), was 9",
            "policy.operations[2].rand_augment.num_ops: must be from 1 to 20, was 0",
            "policy.operations[2].rand_augment.fill: must be from 0 to 255, was 256",
            "policy.operations[3].trivial_augment_wide.num_magnitude_bins: must be from 2 to 1000, was 1",
            "policy.operations[4].aug_mix.severity: must be from 1 to 10, was 11",
            "policy.operations[4].aug_mix.alpha: must be from 0.001 to 1000, was 0",
            "policy.operations[4].aug_mix.chain_depth: must be a whole number, was 1.5",
            "policy.operations[4].aug_mix.all_ops: must be true or false, was \"maybe\"",
            "policy.operations[4].aug_mix.operations: unknown key; known are severity, mixture_width,"
                + " chain_depth, alpha, all_ops, fill, p");
  }

  private static RecipeStep sheared(String axis, double degrees) {
    Map<String, Double> values = new TreeMap<>();
    for (String key : List.of("degrees", "translate_x", "translate_y", "shear_x", "shear_y")) {
      values.put(key, 0.0);
    }
    values.putAll(Map.of("scale", 1.0, "center_x", 0.0, "center_y", 0.0, axis, degrees));
    return RecipeStep.of("affine", values);
  }

  private static Policy policy(String operation) {
    return PolicyYaml.policy("output: {height: 8, width: 8}\noperations:\n  - " + operation);
  }
}
