package io.stillstream.augmenter.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.augmenter.policy.PolicyException;
import io.stillstream.augmenter.policy.PolicyYaml;
import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.recipe.RecipeStep;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** What operations that change pixel values draw. */
final class PixelOperationDrawTest {
  private static final double LAST = 1 - 0x1.0p-53;

  @Test
  void shouldDrawOneValue() {
    assertThat(draw("{brightness: {factor: 0.5}}", 0.25))
        .containsExactly(factor("brightness", 0.75));
    assertThat(draw("{contrast: {factor: 3}}", 0.5)).containsExactly(factor("contrast", 2));
    assertThat(draw("{saturation: {factor: [1, 2]}}", 0.5))
        .containsExactly(factor("saturation", 1.5));
    assertThat(draw("{hue: {factor: 0.5}}", 0.25)).containsExactly(factor("hue", -0.25));
    assertThat(draw("{sharpness: {factor: 2, p: 1}}", 0.5)).containsExactly(factor("sharpness", 2));
    assertThat(draw("{gamma: {gamma: [1, 3]}}", 0.5))
        .containsExactly(RecipeStep.of("gamma", Map.of("gamma", 2.0)));
    assertThat(draw("{solarize: {p: 1}}", 0.5))
        .containsExactly(RecipeStep.of("solarize", Map.of("threshold", 128.0)));
    assertThat(draw("{posterize: {bits: [2, 4], p: 1}}", LAST))
        .containsExactly(RecipeStep.of("posterize", Map.of("bits", 4.0)));
    assertThat(draw("{jpeg_compression: {quality: [50, 100]}}", 0.0))
        .containsExactly(RecipeStep.of("jpeg_compression", Map.of("quality", 50.0)));
  }

  @Test
  void shouldDrawNothingForOperationsWithoutValues() {
    for (String name : List.of("grayscale", "equalize", "autocontrast", "invert")) {
      assertThat(draw("{" + name + ": {p: 1}}")).containsExactly(RecipeStep.of(name));
    }
  }

  @Test
  void shouldDrawBlurAndNoise() {
    assertThat(draw("{gaussian_blur: {kernel_size: 5, sigma: [1, 2]}}", 0.25))
        .containsExactly(RecipeStep.of("gaussian_blur", Map.of("kernel_size", 5.0, "sigma", 1.25)));
    assertThat(draw("{gaussian_noise: {mean: -0.5, sigma: [0, 1]}}", 0.25, LAST))
        .containsExactly(
            RecipeStep.of(
                "gaussian_noise",
                Map.of("mean", -0.5, "sigma", 0.25, "seed", 9_007_199_254_740_991.0)));
  }

  @Test
  void shouldDrawTheOrderOfAJitterFirstThenItsFactors() {
    // given: of four the last, of three the first, of two the first
    String jitter =
        "{color_jitter: {brightness: 0.5, contrast: 0.5, saturation: [2, 4], hue: 0.1}}";

    // then
    assertThat(draw(jitter, LAST, 0.0, 0.0, 0.5, 0.0, 0.5, 0.5))
        .containsExactly(
            factor("hue", 0),
            factor("brightness", 1),
            factor("contrast", 0.5),
            factor("saturation", 3));
    assertThat(draw("{color_jitter: {saturation: 1, hue: 0.5}}", 0.7, 0.7, 0.0, 0.0, 0.0))
        .containsExactly(factor("saturation", 0), factor("hue", -0.5));
  }

  @Test
  void shouldDrawTheSameForAMatrix() {
    assertThat(
            draw(
                "{color_jitter: {brightness: 0.5, contrast: 0.5, hue: 0.5, method: matrix}}",
                LAST,
                0.0,
                0.0,
                0.5,
                0.0,
                0.75))
        .containsExactly(
            RecipeStep.of(
                "color_matrix",
                Map.of("order", 412.0, "brightness", 1.0, "contrast", 0.5, "hue", 0.25)));
    assertThat(draw("{color_jitter: {method: matrix}}", 0.0, 0.0, 0.0)).isEmpty();
  }

  @Test
  void shouldTakeTheFirstRectangleThatFitsAndGiveUpAfterTen() {
    // given: a quarter of 20 × 40 pixels, and a ratio that fits only below 2
    String erasing = "{random_erasing: {p: 1, scale: 0.25, ratio: [1, 4], value: %s}}";

    // then
    assertThat(draw(erasing.formatted("7"), 0.0, 1.0, 0.0, 0.0, 0.0, LAST))
        .containsExactly(
            RecipeStep.of(
                "erase",
                Map.of("top", 0.0, "left", 26.0, "height", 14.0, "width", 14.0, "value", 7.0)));
    assertThat(draw(erasing.formatted("random"), 0.0, 0.0, 0.0, 0.0, 0.5))
        .containsExactly(
            RecipeStep.of(
                "erase",
                Map.of(
                    "top",
                    0.0,
                    "left",
                    0.0,
                    "height",
                    14.0,
                    "width",
                    14.0,
                    "seed",
                    4_503_599_627_370_496.0)));
    assertThat(draw(erasing.formatted("0"), DoubleStream.iterate(1, x -> x).limit(20).toArray()))
        .isEmpty();
  }

  @Test
  void shouldDrawHolesInFractionsOrPixels() {
    assertThat(
            draw(
                "{coarse_dropout: {p: 1, num_holes_range: 2, hole_height_range: [0.5, 0.9],"
                    + " hole_width_range: [3, 60], fill: 9}}",
                0.0,
                0.0,
                0.0,
                LAST,
                0.0,
                0.75,
                LAST,
                0.5,
                0.0))
        .containsExactly(
            RecipeStep.of(
                "erase",
                Map.of("top", 10.0, "left", 0.0, "height", 10.0, "width", 3.0, "value", 9.0)),
            RecipeStep.of(
                "erase",
                Map.of("top", 2.0, "left", 0.0, "height", 16.0, "width", 40.0, "value", 9.0)));
    assertThat(
            draw(
                "{coarse_dropout: {p: 1, num_holes_range: 1, hole_height_range: 0,"
                    + " hole_width_range: 0, fill: random}}",
                0.0,
                0.0,
                0.0,
                0.0,
                0.0,
                0.0))
        .containsExactly(
            RecipeStep.of(
                "erase",
                Map.of("top", 0.0, "left", 0.0, "height", 1.0, "width", 1.0, "seed", 0.0)));
  }

  @Test
  void shouldReportWhatIsWrong() {
    // given
    String yaml =
        """
        output: {height: 8, width: 8}
        operations:
          - brightness
          - contrast: {factor: 10}
          - hue: {factor: 0.6}
          - color_jitter: {brightness: -1, hue: [0.2, 0.1], method: magic}
          - gaussian_blur: {kernel_size: 4, sigma: 0}
          - gaussian_noise: {sigma: 2}
          - posterize: {bits: [4, 2]}
          - posterize: {bits: 9}
          - posterize: {bits: x}
          - solarize: {threshold: 256}
          - jpeg_compression: {quality: 0}
          - jpeg_compression: {quality: {from: 3}}
          - random_erasing: {value: noise, scale: 2}
          - coarse_dropout: {hole_height_range: [0.5, 3], hole_width_range: [1, 2.5]}
        """;

    // when
    PolicyException e =
        catchThrowableOfType(PolicyException.class, () -> Policy.parse(PolicyYaml.tree(yaml)));

    // then
    assertThat(e.errors())
        .containsExactlyInAnyOrder(
            "policy.operations[0].brightness.factor: is required",
            "policy.operations[1].contrast.factor: must be from 0 to 9, was 10",
            "policy.operations[2].hue.factor: must be from 0 to 0.5, was 0.6",
            "policy.operations[3].color_jitter.brightness: must be from 0 to 9, was -1",
            "policy.operations[3].color_jitter.hue: must rise from the first to the second, was [0.2,0.1]",
            "policy.operations[3].color_jitter.method: must be one of steps, matrix, was \"magic\"",
            "policy.operations[4].gaussian_blur.kernel_size: must be odd, was 4",
            "policy.operations[4].gaussian_blur.sigma: must be from 0.01 to 99, was 0",
            "policy.operations[5].gaussian_noise.sigma: must be from 0 to 1, was 2",
            "policy.operations[6].posterize.bits: must rise from the first to the second, was [4,2]",
            "policy.operations[7].posterize.bits: must be from 0 to 8, was 9",
            "policy.operations[8].posterize.bits: must be a number, was \"x\"",
            "policy.operations[9].solarize.threshold: must be from 0 to 255, was 256",
            "policy.operations[10].jpeg_compression.quality: must be from 1 to 100, was 0",
            "policy.operations[11].jpeg_compression.quality: must be a whole number or a range [a, b], was {\"from\":3}",
            "policy.operations[12].random_erasing.value: must be a number, was \"noise\"",
            "policy.operations[12].random_erasing.scale: must be from 0 to 1, was 2",
            "policy.operations[13].coarse_dropout.hole_height_range: must be two fractions below 1 or two whole numbers of pixels, was [0.5,3]",
            "policy.operations[13].coarse_dropout.hole_width_range: must be two fractions below 1 or two whole numbers of pixels, was [1,2.5]");
  }

  @Test
  void shouldHaveTheWordForNoiseInTheCanonicalForm() {
    assertThat(policy("{random_erasing: {value: random}}").canonicalJson())
        .contains(
            "{\"random_erasing\":{\"p\":0.5,\"ratio\":[0.3,3.3],\"scale\":[0.02,0.33],\"value\":\"random\"}}");
  }

  @Test
  void shouldKeepTheDrawsOfEarlierVersions() {
    // given
    Policy policy =
        policy(
            "{color_jitter: {brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1}}",
            "{color_jitter: {brightness: 0.4, hue: 0.1, method: matrix}}",
            "{gamma: {}}",
            "{gaussian_blur: {kernel_size: 5}}",
            "{gaussian_noise: {}}",
            "{posterize: {bits: [1, 8], p: 1}}",
            "{jpeg_compression: {quality: [10, 100]}}",
            "{random_erasing: {p: 1, value: random}}",
            "{coarse_dropout: {p: 1}}");

    // when
    String recipe =
        policy.recipe(1, RandomStream.of(7), new ImageSize(20, 40)).steps().stream()
            .map(step -> step.name() + step.values())
            .collect(Collectors.joining("\n"));

    // then: the same policy and seed must give this recipe under every version to come
    assertThat(recipe)
        .isEqualTo(
            """
            brightness{factor=0.9619535160091746}
            hue{factor=-0.034384652169499416}
            saturation{factor=0.9743624033782987}
            contrast{factor=0.7995452178261946}
            color_matrix{brightness=1.3344156681169057, hue=0.07426635197534878, order=14.0}
            gamma{gamma=1.019314966639984}
            gaussian_blur{kernel_size=5.0, sigma=0.7200864729521113}
            gaussian_noise{mean=0.0, seed=6.075956871563639E15, sigma=0.1}
            posterize{bits=3.0}
            jpeg_compression{quality=92.0}
            erase{height=5.0, left=14.0, seed=8.747213497927825E15, top=14.0, width=7.0}
            erase{height=2.0, left=2.0, top=11.0, value=0.0, width=6.0}""");
  }

  /** Steps that one operation draws for an image of 20 × 40 pixels, all numbers taken. */
  private static List<RecipeStep> draw(String operation, double... numbers) {
    Deque<Double> queue = new ArrayDeque<>(List.of(0.0));
    DoubleStream.of(numbers).forEach(queue::add);
    List<RecipeStep> steps =
        policy(operation).recipe(1, queue::remove, new ImageSize(20, 40)).steps();
    assertThat(queue).as("numbers that were not taken").isEmpty();
    return steps;
  }

  private static Policy policy(String... operations) {
    return PolicyYaml.policy(
        "{output: {height: 20, width: 40}, operations: [" + String.join(", ", operations) + "]}");
  }

  private static RecipeStep factor(String name, double factor) {
    return RecipeStep.of(name, Map.of("factor", factor));
  }
}
