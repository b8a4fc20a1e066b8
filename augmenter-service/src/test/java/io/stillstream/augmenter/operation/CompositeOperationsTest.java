package io.stillstream.augmenter.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.augmenter.policy.PolicyException;
import io.stillstream.augmenter.policy.PolicyYaml;
import io.stillstream.augmenter.random.FixedRandomStream;
import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.recipe.RecipeStep;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class CompositeOperationsTest {
  private static final ImageSize SIZE = new ImageSize(8, 8);
  private static final String THREE =
      "operations: [{rotate: {degrees: [1, 1], p: 0.2}}, {horizontal_flip: {p: 0.6}},"
          + " {translate: {pixels: 1, p: 0.8}}]";

  @Test
  void shouldChooseOneByItsWeightAndApplyItForCertain() {
    // given: a number for p, one for the choice, and no further one for the p of the chosen
    Policy policy = policy("one_of: {p: 0.5, " + THREE + "}");

    // then: weights 0.2, 0.6 and 0.8 of 1.6
    assertThat(names(policy, FixedRandomStream.of(0.5))).isEmpty();
    assertThat(names(policy, FixedRandomStream.of(0.49, 0.124, 0.5))).containsExactly("rotate");
    assertThat(names(policy, FixedRandomStream.of(0.49, 0.126))).containsExactly("horizontal_flip");
    assertThat(names(policy, FixedRandomStream.of(0.49, 0.499))).containsExactly("horizontal_flip");
    assertThat(names(policy, FixedRandomStream.of(0.49, 0.501, 0, 0))).containsExactly("translate");
    assertThat(names(policy, FixedRandomStream.of(0.49, 1 - 0x1.0p-53, 0, 0)))
        .containsExactly("translate");
  }

  @Test
  void shouldNeverChooseWhatHasNoWeight() {
    // given
    Policy policy =
        policy(
            "one_of: {operations: [{horizontal_flip: {p: 0}}, {rotate: {degrees: 1, p: 0.1}},"
                + " {horizontal_flip: {p: 0}}]}");

    // then
    assertThat(names(policy, FixedRandomStream.of(0, 0, 0.5))).containsExactly("rotate");
    assertThat(names(policy, FixedRandomStream.of(0, 1 - 0x1.0p-53, 0.5)))
        .containsExactly("rotate");
  }

  @Test
  void shouldChooseSomeInTheirOrderAllEquallyOften() {
    // given
    Policy policy =
        policy(
            "some_of: {n: 2, operations: [{rotate: {degrees: 1}}, {horizontal_flip: {p: 1}},"
                + " {translate: {pixels: 1}}]}");
    RandomStream random = RandomStream.of(1);
    Map<List<String>, Integer> counts = new HashMap<>();

    // when
    for (int i = 0; i < 30_000; i++) {
      counts.merge(names(policy, random), 1, Integer::sum);
    }

    // then
    assertThat(counts)
        .containsOnlyKeys(
            List.of("rotate", "horizontal_flip"),
            List.of("rotate", "translate"),
            List.of("horizontal_flip", "translate"));
    assertThat(counts.values())
        .allSatisfy(count -> assertThat(count).isCloseTo(10_000, within(300)));
  }

  @Test
  void shouldChooseEachNumberOfARangeEquallyOften() {
    // given
    Policy policy =
        policy(
            "some_of: {n: [0, 3], operations: [{rotate: {degrees: 1}}, {horizontal_flip: {p: 1}},"
                + " {translate: {pixels: 1}}]}");
    RandomStream random = RandomStream.of(2);
    Map<Integer, Integer> counts = new TreeMap<>();

    // when
    for (int i = 0; i < 20_000; i++) {
      counts.merge(names(policy, random).size(), 1, Integer::sum);
    }

    // then
    assertThat(counts).containsOnlyKeys(0, 1, 2, 3);
    assertThat(counts.values())
        .allSatisfy(count -> assertThat(count).isCloseTo(5_000, within(250)));
  }

  @Test
  void shouldApplyWhatSomeOfChoseWithItsOwnProbability() {
    // given: p of the composition, then for each the number of the choice and that of its own p
    Policy policy = policy("some_of: {n: 3, " + THREE + "}");

    // then
    assertThat(names(policy, FixedRandomStream.of(0, 0.9, 0.2, 0.9, 0.59, 0.9, 0.8)))
        .containsExactly("horizontal_flip");
  }

  @Test
  void shouldApplyASequenceAsAWhole() {
    // given
    Policy policy = policy("sequential: {p: 0.3, " + THREE + "}");

    // then
    assertThat(names(policy, FixedRandomStream.of(0.3))).isEmpty();
    assertThat(names(policy, FixedRandomStream.of(0.29, 0.1, 0.5, 0.7, 0.7, 0.5, 0.5)))
        .containsExactly("rotate", "translate");
  }

  @Test
  void shouldKnowTheSizeAtEachPoint() {
    // given: the second crop would have no choice if it were placed in the image of 8 × 8
    Policy policy =
        policy(
            "sequential: {operations: [{resize: {height: 20, width: 20}},"
                + " {one_of: {operations: [{random_crop: {height: 8, width: 8}}]}}]}");

    // when
    List<RecipeStep> steps =
        policy.recipe(1, FixedRandomStream.of(0, 0, 0, 0, 1 - 0x1.0p-53, 0.5), SIZE).steps();

    // then
    assertThat(steps)
        .endsWith(
            RecipeStep.of(
                "random_crop", Map.of("top", 12.0, "left", 6.0, "height", 8.0, "width", 8.0)));
  }

  @Test
  void shouldReportEverythingThatIsWrongWithItsPath() {
    // given
    String operations =
        """
        - horizontal_flip
        - one_of: {operations: []}
        - one_of:
            operations:
              - rotat: {degrees: 1}
              - sequential: {operations: [horizontal_flip, {rotate: {p: 2}}], n: 3}
        - some_of: {n: 3, operations: [horizontal_flip, {resize: {height: 1, width: 1}}]}
        - some_of: {n: [2, 1], operations: [horizontal_flip, {horizontal_flip: {}}]}
        - some_of: {n: x, operations: {horizontal_flip: {}}}
        - one_of: {operations: [{horizontal_flip: {p: 0}}]}
        - sequential
        - some_of: {n: [0.5, 1], operations: [[]]}
        """;

    // when
    PolicyException e =
        catchThrowableOfType(
            PolicyException.class,
            () -> PolicyYaml.policy("output: {height: 8, width: 8}\noperations:\n" + operations));

    // then
    assertThat(e.errors())
        .map(error -> error.replaceAll("; known are rotat?e?.*|; known are resize.*", ""))
        .containsExactlyInAnyOrder(
            "policy.operations[1].one_of.operations: must name at least one operation, was []",
            "policy.operations[2].one_of.operations[0].rotat: unknown operation",
            "policy.operations[2].one_of.operations[1].sequential.operations[1].rotate.degrees: is required",
            "policy.operations[2].one_of.operations[1].sequential.operations[1].rotate.p: must be from 0 to 1,"
                + " was 2",
            "policy.operations[2].one_of.operations[1].sequential.n: unknown key; known are operations, p",
            "policy.operations[3].some_of.n: must not exceed the number of operations (2), was 3",
            "policy.operations[4].some_of.n: must rise from the first to the second, was [2,1]",
            "policy.operations[5].some_of.n: must be a number, was \"x\"",
            "policy.operations[5].some_of.operations: must be a list, was {\"horizontal_flip\":{}}",
            "policy.operations[6].one_of.operations: must not all have the weight (p) 0, was"
                + " [{\"horizontal_flip\":{\"p\":0}}]",
            "policy.operations[7].sequential.operations: is required",
            "policy.operations[8].some_of.n[0]: must be a whole number, was 0.5",
            "policy.operations[8].some_of.operations[0]: must be one operation with its settings, was []");
  }

  @Test
  void shouldRejectTooDeepNesting() {
    // when
    Policy deep = policy(nested(7));
    PolicyException e = catchThrowableOfType(PolicyException.class, () -> policy(nested(8)));

    // then
    assertThat(names(deep, RandomStream.of(1))).containsExactly("rotate");
    assertThat(e.errors()).singleElement().asString().contains("must not be nested deeper than 8");
  }

  @Test
  void shouldHashTheSameHoweverItIsWritten() {
    // given
    Policy policy = policy("some_of: {operations: [{horizontal_flip: {p: 0.5}}]}");
    Policy same = policy("some_of: {n: [1, 1.0], p: 1, operations: [horizontal_flip]}");
    Policy other = policy("some_of: {n: [0, 1], operations: [horizontal_flip]}");

    // then
    assertThat(policy.hash()).isEqualTo(same.hash()).isNotEqualTo(other.hash());
    assertThat(PolicyYaml.policy(policy.canonicalJson()).hash()).isEqualTo(policy.hash());
  }

  private static String nested(int levels) {
    return levels == 0
        ? "rotate: {degrees: 1}"
        : "sequential: {operations: [{" + nested(levels - 1) + "}]}";
  }

  private static List<String> names(Policy policy, RandomStream random) {
    return policy.recipe(1, random, SIZE).steps().stream()
        .map(RecipeStep::name)
        .collect(Collectors.toList());
  }

  private static Policy policy(String operation) {
    return PolicyYaml.policy("output: {height: 8, width: 8}\noperations:\n  - " + operation);
  }
}
