package io.stillstream.augmenter.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.recipe.MixCandidate;
import io.stillstream.augmenter.recipe.MixRecipe;
import io.stillstream.augmenter.recipe.RecipeStep;
import io.stillstream.augmenter.recipe.ViewRecipe;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PolicyMixingTest {
  private static final ImageSize IMAGE = new ImageSize(50, 70);
  private static final ImageSize OTHER = new ImageSize(90, 30);
  private static final MixRecipe.PartnerCoordinates WHICH =
      new MixRecipe.PartnerCoordinates("images", 2, 17, "other");
  private static final MixCandidate SECOND = new MixCandidate(WHICH, () -> OTHER);
  private static final String RULE =
      ": mixup and cutmix must stand at the end of policy.operations, alone or in a one_of of"
          + " nothing else";

  @Test
  void shouldFillInDefaults() {
    assertThat(policy("[mixup]").canonicalJson()).contains("[{\"mixup\":{\"alpha\":0.2,\"p\":1}}]");
    assertThat(policy("[cutmix]").canonicalJson()).contains("[{\"cutmix\":{\"alpha\":1,\"p\":1}}]");
    assertThat(policy("[mixup]").mixesImages()).isTrue();
    assertThat(policy("[horizontal_flip]").mixesImages()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"[mixup, horizontal_flip]", "[cutmix, cutmix]", "[mixup, {rotate: 3}]"})
  void shouldStandAtTheEndOnly(String operations) {
    assertThatThrownBy(() -> policy(operations))
        .isInstanceOf(PolicyException.class)
        .hasMessageContaining("policy.operations[0]" + RULE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[{one_of: {operations: [mixup, cutmix]}}, horizontal_flip]",
        "[{sequential: {operations: [mixup]}}]",
        "[{some_of: {n: 1, operations: [mixup, cutmix]}}]",
        "[{one_of: {operations: [{one_of: {operations: [mixup, cutmix]}}]}}]"
      })
  void shouldStandWithinOneOfAtTheEndOnly(String operations) {
    assertThatThrownBy(() -> policy(operations))
        .isInstanceOf(PolicyException.class)
        .hasMessageContaining("policy.operations[0]")
        .hasMessageContaining(RULE);
  }

  @Test
  void shouldNotBeMixedWithOtherOperationsInOneOf() {
    assertThatThrownBy(() -> policy("[{one_of: {operations: [mixup, horizontal_flip]}}]"))
        .isInstanceOf(PolicyException.class)
        .hasMessageContaining("policy.operations[0].one_of.operations" + RULE);
  }

  @Test
  void shouldMixInOneOfTheTwoWays() {
    // given
    Policy policy =
        policy("[horizontal_flip, {one_of: {operations: [mixup, {cutmix: {p: 0.5}}], p: 0.6}}]");
    Map<MixRecipe.Kind, Integer> kinds = new TreeMap<>();
    int n = 20_000;

    // when
    for (int seed = 0; seed < n; seed++) {
      MixRecipe mix = policy.recipe(1, RandomStream.of(seed), IMAGE, SECOND).mix();
      if (mix != null) {
        kinds.merge(mix.kind(), 1, Integer::sum);
      }
    }

    // then: 0.6 of the views, by the weights 1 and 0.5; a few rectangles are empty
    assertThat(policy.mixesImages()).isTrue();
    assertThat(kinds.get(MixRecipe.Kind.MIXUP) / (double) n).isCloseTo(0.4, within(0.015));
    assertThat(kinds.get(MixRecipe.Kind.CUTMIX) / (double) n).isCloseTo(0.2, within(0.015));
  }

  @Test
  void shouldRejectAnAlphaThatNoDistributionHas() {
    assertThatThrownBy(() -> policy("[{mixup: {alpha: 0}}]"))
        .isInstanceOf(PolicyException.class)
        .hasMessageContaining(
            "policy.operations[0].mixup.alpha: must be from 0.001 to 1000, was 0");
  }

  @Test
  void shouldDrawTheOperationsForEachOfTheTwoImages() {
    // given
    Policy policy = policy("[{rotate: {degrees: 15}}, {horizontal_flip: {p: 1}}, mixup]");

    // when
    ViewRecipe recipe = policy.recipe(1, RandomStream.of(3), IMAGE, SECOND);
    ViewRecipe unmixed = policy.recipe(1, RandomStream.of(3), IMAGE);

    // then
    MixRecipe mix = recipe.mix();
    assertThat(recipe.steps()).isEqualTo(unmixed.steps());
    assertThat(unmixed.mix()).isNull();
    assertThat(mix.partner()).isEqualTo(WHICH);
    assertThat(mix.partnerDecodeScale()).isEqualTo(1);
    assertThat(mix.box()).isNull();
    assertThat(recipe.steps())
        .extracting(RecipeStep::name)
        .containsExactly("rotate", "horizontal_flip", "resize", "center_crop");
    assertThat(mix.partnerSteps())
        .extracting(RecipeStep::name)
        .containsExactly("rotate", "horizontal_flip", "resize", "center_crop");
    assertThat(mix.partnerSteps().get(0).value("degrees"))
        .isNotEqualTo(recipe.steps().get(0).value("degrees"));
  }

  @Test
  void shouldNeverMixTheOriginal() {
    // given
    Policy policy = policy("[{rotate: {degrees: 15}}, mixup]");
    MixCandidate untouchable =
        new MixCandidate(
            WHICH,
            () -> {
              throw new AssertionError("its size must not be read");
            });

    // when
    ViewRecipe recipe = policy.recipe(0, RandomStream.of(3), IMAGE, untouchable);

    // then
    assertThat(recipe.mix()).isNull();
    assertThat(recipe.steps())
        .extracting(RecipeStep::name)
        .containsExactly("resize", "center_crop");
  }

  @Test
  void shouldMixAsOftenAsItsProbabilitySays() {
    // given
    Policy policy = policy("[{mixup: {p: 0.25}}]");

    // when
    long mixed =
        IntStream.range(0, 20_000)
            .filter(seed -> policy.recipe(1, RandomStream.of(seed), IMAGE, SECOND).mix() != null)
            .count();

    // then
    assertThat(mixed / 20_000.0).isCloseTo(0.25, within(0.015));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.2, 1, 8})
  void shouldDrawTheShareFromTheBetaDistribution(double alpha) {
    // given
    Policy policy = policy("[{mixup: {alpha: %s}}]".formatted(alpha));
    int n = 20_000;

    // when
    double[] shares =
        IntStream.range(0, n)
            .mapToDouble(
                seed -> policy.recipe(1, RandomStream.of(seed), IMAGE, SECOND).mix().lambda())
            .toArray();

    // then: mean 1/2 and variance 1 / (4 (2α + 1))
    double mean = IntStream.range(0, n).mapToDouble(i -> shares[i]).average().orElseThrow();
    double variance =
        IntStream.range(0, n)
            .mapToDouble(i -> Math.pow(shares[i] - 0.5, 2))
            .average()
            .orElseThrow();
    assertThat(DoubleStream.of(shares).allMatch(share -> share >= 0 && share <= 1)).isTrue();
    assertThat(mean).isCloseTo(0.5, within(0.02));
    assertThat(variance * 4 * (2 * alpha + 1)).isCloseTo(1, within(0.05));
  }

  @Test
  void shouldDrawRectanglesWhoseAreaIsWhatTheShareSays() {
    // given
    Policy policy = policy("[cutmix]");
    int n = 20_000;
    double covered = 0;
    int mixes = 0;
    boolean clipped = false;

    for (int seed = 0; seed < n; seed++) {
      // when
      MixRecipe mix = policy.recipe(1, RandomStream.of(seed), IMAGE, SECOND).mix();

      // then
      if (mix == null) {
        continue;
      }
      MixRecipe.PixelBox box = mix.box();
      assertThat(box.top()).isNotNegative();
      assertThat(box.left()).isNotNegative();
      assertThat(box.height()).isPositive();
      assertThat(box.width()).isPositive();
      assertThat(box.top() + box.height()).isLessThanOrEqualTo(20);
      assertThat(box.left() + box.width()).isLessThanOrEqualTo(24);
      assertThat(mix.lambda()).isEqualTo(1 - box.height() * box.width() / 480.0);
      clipped |= box.height() % 2 == 1;
      covered += 1 - mix.lambda();
      mixes++;
    }
    // then: sides r·H and r·W with r² uniform; clipping leaves (1 − r/4)² of the area on average,
    // so
    // E[r²(1 − r/4)²] = 1/2 − 1/5 + 1/48 of the image, and rounding down takes a bit more
    assertThat(clipped).isTrue();
    assertThat(mixes).isBetween((int) (0.97 * n), n - 1);
    assertThat(covered / n).isBetween(0.27, 0.3209);
  }

  @Test
  void shouldChooseEachImageEquallyOften() {
    // given
    Policy policy = policy("[mixup]");
    Map<Integer, Integer> counts = new TreeMap<>();

    // when
    for (int offset = 0; offset < 14_000; offset++) {
      long seed = ViewSeed.of(policy.seed(), "images", 0, offset, 0);
      int index = policy.partnerIndex(RandomStream.of(seed), 7);
      counts.merge(index, 1, Integer::sum);
    }

    // then
    assertThat(counts.keySet()).containsExactly(0, 1, 2, 3, 4, 5, 6);
    assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(1_850, 2_150));
  }

  private static Policy policy(String operations) {
    return PolicyYaml.policy(
        "{views: 3, output: {height: 20, width: 24, fit: crop}, operations: %s}"
            .formatted(operations));
  }
}
