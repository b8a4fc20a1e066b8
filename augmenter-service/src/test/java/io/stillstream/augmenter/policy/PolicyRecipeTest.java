package io.stillstream.augmenter.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.geometry.ViewTransform;
import io.stillstream.augmenter.operation.geometric.GeometricOperation;
import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.recipe.RecipeStep;
import io.stillstream.augmenter.recipe.ViewRecipe;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

final class PolicyRecipeTest {
  private static final String ALL =
      """
      output: {height: 24, width: 24, fit: crop}
      operations:
        - rotate: {degrees: [0, 90], p: 0.5}
        - horizontal_flip: {p: 0.5}
        - translate: {pixels: [2, 4], p: 0.5}
        - random_crop: {height: 20, width: 30, padding: 1, p: 0.5}
        - resize: {height: 48, width: 24, p: 0.5}
      """;

  @Test
  void shouldDrawAsDocumented() {
    // given
    Policy policy = PolicyYaml.policy(ALL);
    RandomStream random =
        numbers(
            0.4,
            0.5, /* flip */
            0.6, /* translate */
            0.1,
            0.0,
            0.999, /* crop */
            0.2,
            0.0,
            0.5,
            /* resize */ 0.0);

    // when
    ViewRecipe recipe = policy.recipe(1, random, new ImageSize(28, 28));

    // then
    assertThat(recipe.steps())
        .containsExactly(
            RecipeStep.of("rotate", Map.of("degrees", 45.0)),
            RecipeStep.of("translate", Map.of("x", -2.0, "y", 4.0)),
            RecipeStep.of(
                "random_crop", Map.of("top", -1.0, "left", -1.0, "height", 20.0, "width", 30.0)),
            RecipeStep.of("resize", Map.of("height", 48.0, "width", 24.0)),
            RecipeStep.of("center_crop", Map.of("height", 24.0, "width", 24.0)));
  }

  @Test
  void shouldTakeNothingButTheOutputRuleForView0() {
    // given
    Policy policy = PolicyYaml.policy(ALL);

    // when
    ViewRecipe same = policy.recipe(0, numbers(), new ImageSize(24, 24));
    ViewRecipe wide = policy.recipe(0, numbers(), new ImageSize(100, 200));

    // then
    assertThat(same.steps()).isEmpty();
    assertThat(wide.steps())
        .containsExactly(
            RecipeStep.of("resize", Map.of("height", 24.0, "width", 48.0)),
            RecipeStep.of("center_crop", Map.of("height", 24.0, "width", 24.0)));
  }

  @Test
  void shouldApplyAlwaysAtProbability1AndNeverAtProbability0() {
    // given
    Policy policy =
        PolicyYaml.policy(
            """
            output: {height: 8, width: 8}
            operations: [{horizontal_flip: {p: 1}}, {rotate: {degrees: 3, p: 0}}]
            """);

    // when
    ViewRecipe high = policy.recipe(1, numbers(1 - 0x1.0p-53, 0.0), new ImageSize(8, 8));

    // then
    assertThat(high.steps()).containsExactly(RecipeStep.of("horizontal_flip", Map.of()));
  }

  @Test
  void shouldCoverEveryPlaceOfACrop() {
    // given
    Policy policy =
        PolicyYaml.policy(
            "{output: {height: 4, width: 4}, operations: [{random_crop: {height: 4, width: 4, padding: 1}}]}");
    RandomStream random = RandomStream.of(1);

    // when
    Set<String> places = new TreeSet<>();
    for (int i = 0; i < 500; i++) {
      Map<String, Double> values =
          policy.recipe(1, random, new ImageSize(5, 4)).steps().get(0).values();
      places.add(values.get("top").intValue() + "," + values.get("left").intValue());
    }

    // then: rows −1 to 2 and columns −1 to 1
    assertThat(places).hasSize(4 * 3).contains("-1,-1", "2,1");
  }

  @Test
  void shouldFuseIntoTheSameFrameAsOneByOne() {
    // given
    List<RecipeStep> steps =
        List.of(
            RecipeStep.of("horizontal_flip"),
            RecipeStep.of("resize", Map.of("height", 56.0, "width", 14.0)),
            RecipeStep.of("translate", Map.of("x", 3.0, "y", -2.0)));

    // when: the top left corner of the view, followed back by hand
    ViewTransform frame = ViewTransform.of(new ImageSize(28, 28));
    for (RecipeStep step : steps) {
      frame = GeometricOperation.named(step.name()).orElseThrow().apply(frame, step);
    }

    // then: x: −3 → scaled by 2 → flipped; y: 2 → halved
    assertThat(frame.size()).isEqualTo(new ImageSize(56, 14));
    assertThat(frame.toImage().x0()).isEqualTo(28 - (-3 * 2.0));
    assertThat(frame.toImage().y0()).isEqualTo(1.0);
  }

  @Test
  void shouldComputeTheReductionOfTheFirstInterpolation() {
    // given
    RecipeStep resize = RecipeStep.of("resize", Map.of("height", 10.0, "width", 40.0));
    RecipeStep turn = RecipeStep.of("rotate", Map.of("degrees", 90.0));
    RecipeStep invert = RecipeStep.of("invert");
    ImageSize image = new ImageSize(80, 80);

    // then
    assertThat(GeometricOperation.reduction(List.of(), image)).isEqualTo(1);
    assertThat(GeometricOperation.reduction(List.of(resize), image)).isEqualTo(2);
    assertThat(GeometricOperation.reduction(List.of(turn, resize), image))
        .isCloseTo(2, within(1e-9));
    assertThat(GeometricOperation.reduction(List.of(invert, resize), image)).isEqualTo(1);
    assertThat(GeometricOperation.reduction(List.of(resize, invert, resize), image)).isEqualTo(2);
  }

  /** Fails when more numbers are taken than are given. */
  private static RandomStream numbers(double... numbers) {
    Deque<Double> queue = new ArrayDeque<>(DoubleStream.of(numbers).boxed().toList());
    return queue::remove;
  }
}
