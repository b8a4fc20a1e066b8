package io.stillstream.augmenter.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

final class RecipeTest {
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
    Policy policy = Yaml.policy(ALL);
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
    Recipe recipe = policy.recipe(1, random, new Size(28, 28));

    // then
    assertThat(recipe.steps())
        .containsExactly(
            Step.of("rotate", Map.of("degrees", 45.0)),
            Step.of("translate", Map.of("x", -2.0, "y", 4.0)),
            Step.of(
                "random_crop", Map.of("top", -1.0, "left", -1.0, "height", 20.0, "width", 30.0)),
            Step.of("resize", Map.of("height", 48.0, "width", 24.0)),
            Step.of("center_crop", Map.of("height", 24.0, "width", 24.0)));
  }

  @Test
  void shouldTakeNothingButTheOutputRuleForView0() {
    // given
    Policy policy = Yaml.policy(ALL);

    // when
    Recipe same = policy.recipe(0, numbers(), new Size(24, 24));
    Recipe wide = policy.recipe(0, numbers(), new Size(100, 200));

    // then
    assertThat(same.steps()).isEmpty();
    assertThat(wide.steps())
        .containsExactly(
            Step.of("resize", Map.of("height", 24.0, "width", 48.0)),
            Step.of("center_crop", Map.of("height", 24.0, "width", 24.0)));
  }

  @Test
  void shouldSpareNothingAtProbability1AndEverythingAtProbability0() {
    // given
    Policy policy =
        Yaml.policy(
            """
            output: {height: 8, width: 8}
            operations: [{horizontal_flip: {p: 1}}, {rotate: {degrees: 3, p: 0}}]
            """);

    // when
    Recipe high = policy.recipe(1, numbers(1 - 0x1.0p-53, 0.0), new Size(8, 8));

    // then
    assertThat(high.steps()).containsExactly(Step.of("horizontal_flip", Map.of()));
  }

  @Test
  void shouldCoverEveryPlaceOfACrop() {
    // given
    Policy policy =
        Yaml.policy(
            "{output: {height: 4, width: 4}, operations: [{random_crop: {height: 4, width: 4, padding: 1}}]}");
    RandomStream random = new SplitMix64(1);

    // when
    Set<String> places = new TreeSet<>();
    for (int i = 0; i < 500; i++) {
      Map<String, Double> values = policy.recipe(1, random, new Size(5, 4)).steps().get(0).values();
      places.add(values.get("top").intValue() + "," + values.get("left").intValue());
    }

    // then: rows −1 to 2 and columns −1 to 1
    assertThat(places).hasSize(4 * 3).contains("-1,-1", "2,1");
  }

  @Test
  void shouldFuseIntoTheSameFrameAsOneByOne() {
    // given
    List<Step> steps =
        List.of(
            Step.of("horizontal_flip"),
            Step.of("resize", Map.of("height", 56.0, "width", 14.0)),
            Step.of("translate", Map.of("x", 3.0, "y", -2.0)));

    // when: the top left corner of the view, followed back by hand
    Frame frame = Frame.of(new Size(28, 28));
    for (Step step : steps) {
      frame = Geometry.named(step.name()).orElseThrow().apply(frame, step);
    }

    // then: x: −3 → scaled by 2 → flipped; y: 2 → halved
    assertThat(frame.size()).isEqualTo(new Size(56, 14));
    assertThat(frame.toImage().x0()).isEqualTo(28 - (-3 * 2.0));
    assertThat(frame.toImage().y0()).isEqualTo(1.0);
  }

  @Test
  void shouldTellHowMuchTheImageIsReducedWhereItIsFirstLookedAt() {
    // given
    Step resize = Step.of("resize", Map.of("height", 10.0, "width", 40.0));
    Step turn = Step.of("rotate", Map.of("degrees", 90.0));
    Step invert = Step.of("invert");
    Size image = new Size(80, 80);

    // then
    assertThat(Recipe.reduction(List.of(), image)).isEqualTo(1);
    assertThat(Recipe.reduction(List.of(resize), image)).isEqualTo(2);
    assertThat(Recipe.reduction(List.of(turn, resize), image)).isCloseTo(2, within(1e-9));
    assertThat(Recipe.reduction(List.of(invert, resize), image)).isEqualTo(1);
    assertThat(Recipe.reduction(List.of(resize, invert, resize), image)).isEqualTo(2);
  }

  /** Fails when more numbers are taken than are given. */
  private static RandomStream numbers(double... numbers) {
    Deque<Double> queue = new ArrayDeque<>(DoubleStream.of(numbers).boxed().toList());
    return queue::remove;
  }
}
