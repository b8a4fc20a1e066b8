package io.stillstream.augmenter.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.stillstream.augmenter.operation.OperationType;
import io.stillstream.schemas.PixelEncoding;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class PolicyTest {
  private static final String KNOWN =
      Stream.of(OperationType.values())
          .map(OperationType::operationName)
          .collect(Collectors.joining(", "));
  private static final String MINIMAL = "output: {height: 28, width: 28}";

  @Test
  void shouldFillInDefaults() {
    // when
    Policy policy = PolicyYaml.policy(MINIMAL);

    // then
    assertThat(policy.canonicalJson())
        .isEqualTo(
            "{\"encoding\":\"raw\",\"operations\":[],"
                + "\"output\":{\"channels\":3,\"fit\":\"stretch\",\"height\":28,\"width\":28},"
                + "\"seed\":42,\"views\":4}");
    assertThat(policy.output().encoding()).isEqualTo(PixelEncoding.RAW);
  }

  @Test
  void shouldHashTheSamePolicyTheSameHoweverItIsWritten() {
    // given
    String one =
        """
        seed: 7
        views: 2
        encoding: jpeg
        output: {height: 32, width: 32, channels: 3, fit: stretch}
        operations:
          - rotate: {degrees: 15, p: 1.0}
          - horizontal_flip: {p: 0.5}
          - translate: {pixels: 2}
        """;
    String other =
        """
        operations: [{rotate: {p: 1, degrees: [-1.5e1, 15.0]}}, horizontal_flip, {translate: {pixels: [2, 2], p: "1"}}]
        output: {width: "32", height: 32}
        quality: 90
        encoding: jpeg
        views: 2
        seed: "7"
        """;

    // when
    String hash = PolicyYaml.policy(one).hash();

    // then: the golden value guards the canonical form, which lineage rests on
    assertThat(PolicyYaml.policy(other).hash()).isEqualTo(hash);
    assertThat(hash).isEqualTo("e7d147dd57340bb92dfbe1ec3aae85709dc335bcb70bb5006374da4a0376a109");
    assertThat(PolicyYaml.policy(one.replace("degrees: 15", "degrees: 16")).hash())
        .isNotEqualTo(hash);
    assertThat(PolicyYaml.policy(one.replace("seed: 7", "seed: 8")).hash()).isNotEqualTo(hash);
  }

  @Test
  void shouldBeThePolicyThatSaysSoWhenSeedAndViewsAreReplaced() {
    // given
    String operations = "\noperations: [{rotate: {degrees: 15}}, mixup]";
    Policy policy = PolicyYaml.policy(MINIMAL + operations);

    // when
    Policy other = policy.withSeedAndViews(7, 24);

    // then
    assertThat(other.hash())
        .isEqualTo(PolicyYaml.policy(MINIMAL + "\nseed: 7\nviews: 24" + operations).hash());
    assertThat(other.mixesImages()).isTrue();
    assertThat(Policy.original(policy.output()).hash())
        .isEqualTo(PolicyYaml.policy(MINIMAL + "\nseed: 0\nviews: 1").hash());
    assertThatIllegalArgumentException().isThrownBy(() -> policy.withSeedAndViews(7, 0));
  }

  @Test
  void shouldLeaveQualityOutOfTheHashWhereItHasNoEffect() {
    // given
    String raw = MINIMAL + "\nquality: 50";

    // then
    assertThat(PolicyYaml.policy(raw).hash()).isEqualTo(PolicyYaml.policy(MINIMAL).hash());
  }

  @Test
  void shouldReportEverythingThatIsWrongAtOnce() {
    // given
    String yaml =
        """
        seed: x
        views: 0
        size: 3
        encoding: gif
        quality: 101
        output: {height: 0, channels: 2, fit: squeeze, depth: 8}
        operations:
          - rotate: {p: 1.5}
          - rotate: {degrees: [10, -10]}
          - rotate: {degrees: 361, centre: 3}
          - rotat: {degrees: 3}
          - translate: {pixels: 1.5}
          - random_crop: {height: 20, padding: -1}
          - resize: {height: a, width: 5, p: -0.1}
          - center_crop: {height: 3, width: 3}
          - [resize]
          - horizontal_flip: 3
        """;

    // when
    PolicyException e =
        catchThrowableOfType(PolicyException.class, () -> Policy.parse(PolicyYaml.tree(yaml)));

    // then
    assertThat(e.errors())
        .containsExactlyInAnyOrder(
            "policy.seed: must be a whole number of 64 bits, was \"x\"",
            "policy.views: must be from 1 to 1000, was 0",
            "policy.size: unknown key; known are seed, views, output, encoding, quality, operations",
            "policy.encoding: must be one of raw, png, jpeg, was \"gif\"",
            "policy.quality: must be from 1 to 100, was 101",
            "policy.output.height: must be from 1 to 4096, was 0",
            "policy.output.width: is required",
            "policy.output.channels: must be 1 (grey) or 3 (RGB), was 2",
            "policy.output.fit: must be one of stretch, crop, was \"squeeze\"",
            "policy.output.depth: unknown key; known are height, width, channels, fit",
            "policy.operations[0].rotate.degrees: is required",
            "policy.operations[0].rotate.p: must be from 0 to 1, was 1.5",
            "policy.operations[1].rotate.degrees: must rise from the first to the second, was [10,-10]",
            "policy.operations[2].rotate.degrees: must be from 0 to 360, was 361",
            "policy.operations[2].rotate.centre: unknown key; known are degrees, fill, p",
            "policy.operations[3].rotat: unknown operation; known are " + KNOWN,
            "policy.operations[4].translate.pixels: must be a whole number, was 1.5",
            "policy.operations[5].random_crop.width: is required",
            "policy.operations[5].random_crop.padding: must be from 0 to 16384, was -1",
            "policy.operations[6].resize.height: must be a number, was \"a\"",
            "policy.operations[6].resize.p: must be from 0 to 1, was -0.1",
            "policy.operations[8]: must be one operation with its settings, was [\"resize\"]",
            "policy.operations[9].horizontal_flip: must be a mapping of keys to values, was 3");
  }

  @Test
  void shouldRejectAPolicyThatIsNoMapping() {
    // when
    PolicyException e =
        catchThrowableOfType(PolicyException.class, () -> Policy.parse(PolicyYaml.tree("[1]")));

    // then
    assertThat(e.errors()).contains("policy: must be a mapping of keys to values, was [1]");
  }
}
