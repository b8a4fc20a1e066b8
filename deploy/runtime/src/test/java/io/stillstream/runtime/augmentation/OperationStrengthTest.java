package io.stillstream.runtime.augmentation;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.Mix;
import io.stillstream.schemas.Operation;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.Recipe;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OperationStrengthTest {
  @ParameterizedTest
  @CsvSource({
    "rotate, degrees, 0, 0",
    "rotate, degrees, 2, 0-2",
    "rotate, degrees, -2.01, 2-4",
    "rotate, degrees, 14.9, 8-15",
    "rotate, degrees, -359, 60+",
    "brightness, factor, 1, 0",
    "brightness, factor, 0.95, 0-0.1",
    "brightness, factor, 9, 1.6+",
    "posterize, bits, 8, 0",
    "posterize, bits, 4, 3-4",
    "solarize, threshold, 256, 0",
    "solarize, threshold, 0, 192+",
    "jpeg_compression, quality, 75, 20-40",
    "gamma, gamma, 1.3, 0.2-0.4",
    "aug_mix, m, 0.75, 0.2-0.3"
  })
  void shouldPutAValueIntoItsBin(String operation, String value, double drawn, String expected) {
    // when
    List<OperationStrength> keys = of(step(operation, Map.of(value, drawn)));

    // then
    assertThat(keys)
        .extracting(OperationStrength::operation, OperationStrength::strength)
        .containsExactly(Tuple.tuple("augmented", "any"), Tuple.tuple(operation, expected));
  }

  @Test
  void shouldTakeTheLargerOfTwoAxes() {
    assertThat(names(of(step("translate", Map.of("x", 1.0, "y", -2.0)))))
        .containsExactly("augmented any", "translate 1-2");
  }

  @Test
  void shouldCountEveryEffectOfAStep() {
    // given
    Operation affine =
        step(
            "affine",
            Map.of(
                "degrees",
                5.0,
                "translate_x",
                3.0,
                "translate_y",
                0.0,
                "scale",
                1.0,
                "shear_x",
                -20.0,
                "shear_y",
                0.0));

    // then
    assertThat(names(of(affine)))
        .containsExactly(
            "augmented any",
            "affine_degrees 4-8",
            "affine_translate 2-4",
            "affine_scale 0",
            "affine_shear 15-30");
  }

  @Test
  void shouldCountAnOperationOnceAtItsStrongest() {
    assertThat(
            names(
                of(
                    step("rotate", Map.of("degrees", 9.0)),
                    step("rotate", Map.of("degrees", 1.0)),
                    step("invert", Map.of()))))
        .containsExactly("augmented any", "rotate 8-15", "invert any");
  }

  @Test
  void shouldNotCountStepsWithinChains() {
    assertThat(
            names(
                of(
                    step("aug_mix", Map.of("m", 0.5, "weight_0", 0.5, "steps_0", 1.0)),
                    step("rotate", Map.of("degrees", 9.0)),
                    step("equalize", Map.of()))))
        .containsExactly("augmented any", "aug_mix 0.3-0.5", "equalize any");
  }

  @Test
  void shouldTakeNoMoreStepsIntoAugMixThanThereAre() {
    assertThat(
            names(
                of(
                    step("invert", Map.of()),
                    step("aug_mix", Map.of("m", 0.5, "steps_0", 1e18)),
                    step("rotate", Map.of("degrees", 9.0)))))
        .containsExactly("augmented any", "invert any", "aug_mix 0.3-0.5");
  }

  @Test
  void shouldMeasureErasedAreaAndMixes() {
    // given
    Mix mix = new Mix("cutmix", "images", 0, 1L, "p", 1, List.of(), 0.75, null);

    // then
    assertThat(
            names(
                OperationStrength.of(
                    view(1, List.of(step("erase", Map.of("height", 5.0, "width", 2.0))), mix))))
        .containsExactly("augmented any", "erase 0.05-0.1", "cutmix 0.2-0.3");
  }

  @Test
  void shouldKeepNamesOfOthersOutOfTheKeys() {
    // given
    Mix mix = new Mix("blend", "images", 0, 1L, "p", 1, List.of(), 0.75, null);

    // then
    assertThat(
            names(
                OperationStrength.of(
                    view(
                        1,
                        List.of(
                            step("teleport", Map.of("x", 1.0)),
                            step("rotate", Map.of("angle", 1.0)),
                            step("hue", Map.of("factor", Double.NaN))),
                        mix))))
        .containsExactly("augmented any", "other any");
  }

  @Test
  void shouldKnowTheOriginal() {
    assertThat(OperationStrength.of(view(0, List.of(), null)))
        .containsExactly(OperationStrength.ORIGINAL);
  }

  @Test
  void shouldSortTheOriginalFirstAndStrengthsByTheirBins() {
    // given
    OperationStrength strong = of(step("rotate", Map.of("degrees", 20.0))).get(1);
    OperationStrength weak = of(step("rotate", Map.of("degrees", 3.0))).get(1);
    OperationStrength affine = of(step("affine", Map.of("scale", 3.0))).get(1);

    // then
    assertThat(
            List.of(strong, weak, affine, OperationStrength.AUGMENTED, OperationStrength.ORIGINAL)
                .stream()
                .sorted())
        .containsExactly(
            OperationStrength.ORIGINAL, OperationStrength.AUGMENTED, affine, weak, strong);
  }

  private static List<String> names(List<OperationStrength> keys) {
    return keys.stream().map(key -> key.operation() + " " + key.strength()).toList();
  }

  private static List<OperationStrength> of(Operation... steps) {
    return OperationStrength.of(view(1, List.of(steps), null));
  }

  private static Operation step(String name, Map<String, Double> values) {
    return new Operation(name, values);
  }

  /** A view of 10 x 10. */
  private static AugmentedView view(int index, List<Operation> steps, Mix mix) {
    return new AugmentedView(
        new Lineage("images", 0, 7L, "id", index, 4, 0L, "", null, null),
        new Recipe(1, steps, mix),
        PixelEncoding.RAW,
        10,
        10,
        1,
        ByteBuffer.allocate(100),
        null,
        null,
        Instant.EPOCH,
        Instant.EPOCH);
  }
}
