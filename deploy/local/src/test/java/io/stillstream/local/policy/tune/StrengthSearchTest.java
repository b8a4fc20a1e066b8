package io.stillstream.local.policy.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.local.policy.tune.StrengthSearch.UnreachableAgreementException;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

final class StrengthSearchTest {
  /** Loses 0.1 % of the answers a degree and 1 % a pixel, and 2 % of the views that are flipped. */
  private static final AgreementMeter TEACHER =
      policy ->
          loses(
              0.001 * number(policy, "rotate", node -> node.get("degrees").get(1).asDouble())
                  + 0.01 * number(policy, "translate", node -> node.get("pixels").get(0).asDouble())
                  + 0.02 * number(policy, "horizontal_flip", node -> node.get("p").asDouble()));

  private final TunablePolicy policy =
      policy("[{rotate: {degrees: 32}}, {translate: {pixels: 4}}, horizontal_flip]");

  @Test
  void shouldLeaveAPolicyThatIsMildEnoughAsItIs() throws Exception {
    // when, then: all of it loses 3.2 + 4 + 1 %
    assertThat(new StrengthSearch(policy, TEACHER, 0.9179).run()).containsExactly(1, 1, 1);
  }

  @Test
  void shouldLetOperationsCostTheSame() throws Exception {
    // when: 1 % for the flip leaves 4 %, half for each of the others
    double[] factors = new StrengthSearch(policy, TEACHER, 0.9499).run();
    // then
    assertThat(PolicyYaml.flow(policy.tree(factors).get("operations")))
        .isEqualTo("[{rotate: {degrees: 20}}, {translate: {pixels: 2}}, horizontal_flip]");
    assertThat(TEACHER.measure(policy.policy(factors)).kept()).isGreaterThanOrEqualTo(0.9499);
  }

  @Test
  void shouldMakeOperationsWithoutAStrengthRarerOnlyWhereTheyCostTooMuchAlone() throws Exception {
    // when: a flip loses 1 % of the 0.5 % that may be lost
    double[] factors = new StrengthSearch(policy, TEACHER, 0.9949).run();
    // then
    assertThat(PolicyYaml.flow(policy.tree(factors).get("operations")))
        .isEqualTo(
            "[{rotate: {degrees: 0}}, {translate: {pixels: 0}}, {horizontal_flip: {p: 0.25}}]");
  }

  @Test
  void shouldMakeAllThoseRarerThatCostTooMuchTogether() throws Exception {
    // given
    TunablePolicy flips = policy("[horizontal_flip, vertical_flip]");
    AgreementMeter teacher =
        tried ->
            loses(
                0.1 * number(tried, "horizontal_flip", node -> node.get("p").asDouble())
                    + 0.1 * number(tried, "vertical_flip", node -> node.get("p").asDouble()));
    // when: each alone may stay, both together cost 10 %
    double[] factors = new StrengthSearch(flips, teacher, 0.9499).run();
    // then
    assertThat(factors).containsExactly(0.5, 0.5);
  }

  @Test
  void shouldKeepTheSmallestStepOfAnOperationWhereThatIsPossible() throws Exception {
    // when: the flip and one pixel lose 2 %, which leaves 0.55 % for the rotation
    double[] factors = new StrengthSearch(policy, TEACHER, 0.9745).run();
    // then: to let each cost the same would leave no shift
    assertThat(PolicyYaml.flow(policy.tree(factors).get("operations")))
        .isEqualTo("[{rotate: {degrees: 5}}, {translate: {pixels: 1}}, horizontal_flip]");
  }

  @Test
  void shouldNotLetACostlyOperationHideTheOthers() throws Exception {
    // given: two mild operations, and two that move the answers a hundred times as far
    TunablePolicy mixed =
        policy(
            "[{rotate: {degrees: 32}}, {translate: {pixels: 4}}, {gaussian_noise: {sigma: 0.32}},"
                + " {invert: {p: 1}}]");
    AgreementMeter teacher =
        tried -> {
          double rotate =
              number(tried, "rotate", node -> node.get("degrees").get(1).asDouble()) / 32;
          double translate =
              number(tried, "translate", node -> node.get("pixels").get(0).asDouble()) / 4;
          double noise =
              number(tried, "gaussian_noise", node -> node.get("sigma").get(1).asDouble()) / 0.32;
          double invert = number(tried, "invert", node -> node.get("p").asDouble());
          double lost = 0.016 * (rotate + translate) + 0.32 * noise + 0.01 * invert;
          double divergence = 0.005 * (rotate + translate) + 2 * (noise + invert);
          return new AnswerAgreement(1000, 1 - lost, 0.001, 1 - lost, divergence);
        };
    // when: the smallest step of the noise loses 1 %, the inversion, too; 1.6 % are left
    double[] factors = new StrengthSearch(mixed, teacher, 0.9639).run();
    // then
    assertThat(PolicyYaml.flow(mixed.tree(factors).get("operations")))
        .isEqualTo(
            "[{rotate: {degrees: 16}}, {translate: {pixels: 2}},"
                + " {gaussian_noise: {sigma: 0.01}}, {invert: {p: 1}}]");
  }

  @Test
  void shouldLeaveAloneWhatCostsNothing() throws Exception {
    // given: colours of grey images
    TunablePolicy mixed = policy("[{saturation: {factor: 0.5}}, {translate: {pixels: 4}}]");
    // when: no shift is possible
    double[] factors = new StrengthSearch(mixed, TEACHER, 0.9949).run();
    // then
    assertThat(PolicyYaml.flow(mixed.tree(factors).get("operations")))
        .isEqualTo("[{saturation: {factor: 0.5}}, {translate: {pixels: 0}}]");
  }

  @Test
  void shouldSayThatTheShareCannotBeReached() {
    // given: the teacher loses 3 % whatever is done
    AgreementMeter teacher = tried -> loses(0.03);
    // when, then
    assertThatThrownBy(() -> new StrengthSearch(policy, teacher, 0.98).run())
        .isInstanceOf(UnreachableAgreementException.class)
        .hasMessageContaining("97.0 %");
  }

  @Test
  void shouldNotTakeWhatIsRoundedAwayForMilder() throws Exception {
    // given
    TunablePolicy shift = policy("[{translate: {pixels: 1}}]");
    // when: half a pixel would be enough, but there is none
    double[] factors = new StrengthSearch(shift, TEACHER, 0.995).run();
    // then
    assertThat(PolicyYaml.flow(shift.tree(factors).get("operations")))
        .isEqualTo("[{translate: {pixels: 0}}]");
  }

  private static AnswerAgreement loses(double share) {
    return new AnswerAgreement(1000, 1 - share, 0.001, 1 - share, share);
  }

  private static double number(Policy policy, String operation, ToDoubleFunction<JsonNode> value) {
    for (JsonNode element : tree(policy).get("operations")) {
      if (element.has(operation)) {
        return value.applyAsDouble(element.get(operation));
      }
    }
    return 0;
  }

  private static JsonNode tree(Policy policy) {
    try {
      return new JsonMapper().readTree(policy.canonicalJson());
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  private static TunablePolicy policy(String operations) {
    try {
      return new TunablePolicy(
          new YAMLMapper()
              .readTree("{output: {height: 28, width: 28}, operations: %s}".formatted(operations)));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }
}
