package io.stillstream.local.policy.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.operation.OperationType;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.augmenter.policy.PolicyException;
import io.stillstream.local.policy.tune.OperationStrengths.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class OperationStrengthsTest {
  /** Settings of the operations that require some. */
  private static final Map<String, String> REQUIRED = new HashMap<>();

  static {
    for (String name : List.of("resize", "center_crop", "random_crop", "random_resized_crop")) {
      REQUIRED.put(name, "{height: 28, width: 28}");
    }
    for (String name : List.of("brightness", "contrast", "saturation")) {
      REQUIRED.put(name, "{factor: 0.4}");
    }
    for (String name : List.of("one_of", "some_of", "sequential")) {
      REQUIRED.put(name, "{operations: [invert]}");
    }
    REQUIRED.put("random_crop", "{height: 28, width: 28, padding: 4}");
    REQUIRED.put("pad", "{padding: 2}");
    REQUIRED.put("rotate", "{degrees: 15}");
    REQUIRED.put("affine", "{degrees: 10, translate: [0.1, 0.2], scale: [0.8, 1.2], shear: 8}");
    REQUIRED.put("translate", "{pixels: 4}");
    REQUIRED.put("hue", "{factor: 0.1}");
    REQUIRED.put("color_jitter", "{brightness: 0.4, hue: 0.1}");
    REQUIRED.put("gaussian_blur", "{kernel_size: 5}");
    REQUIRED.put("sharpness", "{factor: [0.2, 2]}");
    REQUIRED.put("posterize", "{bits: 4}");
    REQUIRED.put("jpeg_compression", "{quality: [40, 80]}");
  }

  @ParameterizedTest
  @EnumSource
  void shouldMakeEveryOperationWeakerOrLeaveItAsItIs(OperationType type) {
    // given
    String name = type.name().toLowerCase(Locale.ROOT);
    TunablePolicy policy = policy("[{%s: %s}]".formatted(name, REQUIRED.getOrDefault(name, "{}")));
    // when, then: a composite operation stands for those that it holds
    if (REQUIRED.getOrDefault(name, "").contains("operations")) {
      assertThat(policy.operations()).extracting(TunableOperation::name).containsExactly("invert");
      return;
    }
    OperationStrengths strengths = OperationStrengths.of(name);
    if (strengths.kind() == Kind.NONE) {
      assertThat(policy.operations()).isEmpty();
      assertThat(policy.untouched()).containsExactly("operations[0]." + name);
      return;
    }
    assertThat(policy.operations().get(0).changes(1)).isEmpty();
    assertThat(List.of(policy.policy(0.5).hash(), policy.policy(0).hash()))
        .as("half of the strength, and none")
        .doesNotContain(policy.policy(1).hash())
        .doesNotHaveDuplicates();
    assertThat(policy.operations().get(0).changes(0.5)).isNotEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void shouldNameSettingsThatOperationsHave(OperationType type) {
    // given
    String name = type.name().toLowerCase(Locale.ROOT);
    // when
    List<String> keys =
        OperationStrengths.of(name).settings().stream().map(StrengthSetting::key).toList();
    // then
    JsonNode settings =
        tree(
            Policy.parse(
                    tree(
                        "{output: {height: 28, width: 28}, operations: [{%s: %s}]}"
                            .formatted(name, REQUIRED.getOrDefault(name, "{}"))))
                .canonicalJson());
    List<String> known =
        Stream.of(settings.get("operations").get(0).get(name))
            .flatMap(node -> node.properties().stream().map(Map.Entry::getKey))
            .toList();
    assertThat(known).containsAll(keys);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{rotate: {degrees: 15}}|0.33|{rotate: {degrees: 5}}",
        "{rotate: {degrees: [-10, 30], fill: 9}}|0.5|{rotate: {degrees: [-5, 15], fill: 9}}",
        "{rotate: {degrees: 7.3}}|0.99|{rotate: {degrees: 7}}",
        "{translate: {pixels: 2}}|0.5|{translate: {pixels: 1}}",
        "{translate: {pixels: [4, 2]}}|0.25|{translate: {pixels: [1, 0]}}",
        "{affine: {degrees: 10, shear: 8}}|0.5|{affine: {degrees: 5, shear: 4}}",
        "{affine: {degrees: 10, scale: [0.8, 1.5]}}|0.5|{affine: {degrees: 5, scale: [0.9, 1.25]}}",
        "{perspective: {p: 1}}|0.5|{perspective: {p: 1, distortion_scale: 0.25}}",
        "{brightness: {factor: 0.4}}|0.25|{brightness: {factor: 0.1}}",
        "{brightness: {factor: 0.4}}|0|{brightness: {factor: 0}}",
        "{brightness: {factor: [0.5, 1]}}|0.5|{brightness: {factor: [0.75, 1]}}",
        "{hue: {factor: 0.1}}|0.5|{hue: {factor: 0.05}}",
        "{color_jitter: {contrast: 0.4}}|0.5|{color_jitter: {contrast: 0.2}}",
        "gamma|0.5|{gamma: {gamma: [0.9, 1.1]}}",
        "{gaussian_blur: {kernel_size: 3, sigma: 2}}|0.5|{gaussian_blur: {kernel_size: 3, sigma: 1}}",
        "{gaussian_blur: {kernel_size: 3, sigma: 2}}|0|{gaussian_blur: {kernel_size: 3, sigma: 0.01}}",
        "gaussian_noise|0.5|{gaussian_noise: {sigma: [0.05, 0.05]}}",
        "{sharpness: {factor: 2}}|0.5|{sharpness: {factor: 1.5}}",
        "{posterize: {bits: 4}}|0.5|{posterize: {bits: 6}}",
        "{solarize: {threshold: 128}}|0.5|{solarize: {threshold: 192}}",
        "{solarize: {threshold: 128}}|0|{solarize: {threshold: 255, p: 0}}",
        "{jpeg_compression: {quality: 40}}|0.5|{jpeg_compression: {quality: 70}}",
        "{random_resized_crop: {height: 8, width: 8}}|0.5"
            + "|{random_resized_crop: {height: 8, width: 8, scale: [0.54, 1]}}",
        "{random_resized_crop: {height: 8, width: 8}}|0"
            + "|{random_resized_crop: {height: 8, width: 8, scale: [1, 1], p: 0}}",
        "{random_crop: {height: 8, width: 8, padding: 4}}|0.5"
            + "|{random_crop: {height: 8, width: 8, padding: 4, p: 0.5}}",
        "{random_erasing: {scale: [0.02, 0.3]}}|0.5|{random_erasing: {scale: [0.01, 0.15]}}",
        "{coarse_dropout: {hole_height_range: [2, 8], hole_width_range: 0.2}}|0.25"
            + "|{coarse_dropout: {hole_height_range: [1, 2], hole_width_range: 0.05}}",
        "rand_augment|0.5|{rand_augment: {magnitude: 4}}",
        "{aug_mix: {severity: 3}}|0.1|{aug_mix: {severity: 1}}",
        "horizontal_flip|0.5|{horizontal_flip: {p: 0.25}}",
        "trivial_augment_wide|0|{trivial_augment_wide: {p: 0}}",
      })
  void shouldScaleSettingsTowardsTheirNeutralValues(String given, double factor, String expected) {
    // when, then
    assertThat(PolicyYaml.flow(policy("[" + given + "]").tree(factor).get("operations").get(0)))
        .isEqualTo(expected);
  }

  @Test
  void shouldKeepWeightsOfChoicesAndReachNestedOperations() {
    // given
    TunablePolicy policy =
        policy(
            "[{one_of: {operations: [{equalize: {p: 0.8}}, {sequential: {p: 1, operations: ["
                + "{rotate: {degrees: 8}}, invert]}}]}}, mixup]");
    // when
    JsonNode tree = policy.tree(0.5, 0.25, 1);
    // then: an equalize that is left out is not replaced by the other choice
    assertThat(PolicyYaml.flow(tree.get("operations")))
        .isEqualTo(
            "[{one_of: {operations: [{sequential: {p: 0.8, operations: [{equalize: {p: 0.5}}]}},"
                + " {sequential: {p: 1, operations: [{rotate: {degrees: 2}}, invert]}}]}}, mixup]");
    assertThat(policy.untouched()).containsExactly("operations[1].mixup");
    assertThat(policy.operations())
        .extracting(TunableOperation::path)
        .containsExactly(
            "operations[0].one_of.operations[0].equalize",
            "operations[0].one_of.operations[1].sequential.operations[0].rotate",
            "operations[0].one_of.operations[1].sequential.operations[1].invert");
    assertThat(Policy.parse(tree).output().size()).isEqualTo(new ImageSize(28, 28));
  }

  @Test
  void shouldNotTuneWhatHasNoEffect() {
    // given
    TunablePolicy policy =
        policy("[{rotate: {degrees: 0}}, {invert: {p: 0}}, {gamma: {gamma: 1}}, color_jitter]");
    // when, then: what never happens is not worth a line
    assertThat(policy.operations()).isEmpty();
    assertThat(policy.untouched())
        .containsExactly(
            "operations[0].rotate", "operations[2].gamma", "operations[3].color_jitter");
  }

  @Test
  void shouldScaleSettingsWithinChoicesWithoutTouchingWeights() {
    // given
    TunablePolicy policy =
        policy(
            "[{one_of: {operations: [{rotate: {degrees: 8, p: 0.3}}, invert]}},"
                + " {some_of: {n: 1, operations: [{rotate: {degrees: 8, p: 0.3}}, {invert: {p: 0.4}}]}}]");
    // when, then: in some_of, too, p is the probability of an operation that was chosen
    assertThat(PolicyYaml.flow(policy.tree(0.5, 1, 0.25, 0.5).get("operations")))
        .isEqualTo(
            "[{one_of: {operations: [{rotate: {degrees: 4, p: 0.3}}, invert]}},"
                + " {some_of: {n: 1, operations: [{rotate: {degrees: 2, p: 0.3}}, {invert: {p: 0.2}}]}}]");
  }

  @Test
  void shouldLeaveAChoiceAsItIsWhereNoListMayBeAroundIt() {
    // given: 8 lists
    TunablePolicy policy =
        policy(nested("{one_of: {operations: [invert, {rotate: {degrees: 8}}]}}"));
    // when, then
    assertThat(policy.operations()).extracting(TunableOperation::name).containsExactly("rotate");
    assertThat(policy.untouched()).singleElement().asString().endsWith("operations[0].invert");
    assertThat(policy.policy(0).hash()).isNotEqualTo(policy.policy(1).hash());
    assertThatThrownBy(() -> policy(nested("{one_of: {operations: [{sequential: {}}]}}")))
        .isInstanceOf(PolicyException.class)
        .hasMessageContaining("must not be nested deeper than 8");
  }

  /** In 7 lists. */
  private static String nested(String operation) {
    String all = operation;
    for (int i = 0; i < 6; i++) {
      all = "{sequential: {operations: [" + all + "]}}";
    }
    return "[" + all + "]";
  }

  @Test
  void shouldWriteAFileLikeTheOneThatWasGiven() {
    // given
    TunablePolicy policy =
        new TunablePolicy(
            tree(
                """
                views: 3
                output: {width: 28, height: 20, channels: 1}
                operations:
                  - rotate: {degrees: 15}
                  - horizontal_flip
                seed: 7
                """));
    // when
    String text = PolicyYaml.write(List.of("first", "with\nbreak"), policy.tree(0.2, 1));
    // then
    assertThat(text)
        .isEqualTo(
            """
            # first
            # with break
            views: 3
            output: {width: 28, height: 20, channels: 1}
            operations:
              - rotate: {degrees: 3}
              - horizontal_flip
            seed: 7
            """);
    assertThat(Policy.parse(tree(text)).hash()).isEqualTo(policy.policy(0.2, 1).hash());
  }

  private static TunablePolicy policy(String operations) {
    return new TunablePolicy(
        tree("{output: {height: 28, width: 28}, operations: %s}".formatted(operations)));
  }

  private static JsonNode tree(String yaml) {
    try {
      return new YAMLMapper().readTree(yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
