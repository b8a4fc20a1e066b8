package io.stillstream.trainer.training.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.trainer.training.accuracy.EvaluationResult;
import io.stillstream.trainer.training.comparison.PairedComparison.Totals;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReleaseGateTest {
  private final ReleaseGate gate = new ReleaseGate(1000, 0.01);

  @ParameterizedTest
  @CsvSource({"0, 10, true", "0, 11, false", "40, 50, true", "40, 51, false", "90, 10, true"})
  void shouldAllowTheToleranceOnAFullTrial(int onlyChallenger, int onlyBaseline, boolean passes) {
    // when
    GateDecision verdict =
        gate.decide(
            3,
            new Totals(
                1000, 800 + onlyChallenger, 800 + onlyBaseline, onlyChallenger + onlyBaseline));

    // then
    assertThat(verdict.passed()).isEqualTo(passes);
    assertThat(verdict.baseline()).isEqualTo(3);
    assertThat(verdict.allowed()).isEqualTo(0.01);
    assertThat(verdict.challenger()).isEqualTo((800.0 + onlyChallenger) / 1000);
    assertThat(verdict.best()).isEqualTo((800.0 + onlyBaseline) / 1000);
    assertThat(verdict.measuredOn()).isEqualTo("window");
  }

  @Test
  void shouldBlockOnlyWhatChanceDoesNotExplainOnAShortTrial() {
    // when, then: two of a hundred may be chance, thirty are not
    assertThat(gate.decide(1, new Totals(100, 88, 90, 4)).passed()).isTrue();
    assertThat(gate.decide(1, new Totals(100, 60, 90, 30)).passed()).isFalse();
    assertThat(gate.decide(1, new Totals(4, 0, 4, 4)).passed()).isTrue();
  }

  @Test
  void shouldLetPassWhatNothingIsKnownOf() {
    // when
    GateDecision verdict = gate.decide(1, new Totals(0, 0, 0, 0));

    // then
    assertThat(verdict.passed()).isTrue();
    assertThat(verdict.leads()).isFalse();
    assertThat(verdict.challenger()).isNull();
  }

  @Test
  void shouldTellTheBestFromWhatIsGoodEnough() {
    // when, then
    assertThat(gate.decide(1, new Totals(1000, 900, 900, 10)).leads()).isTrue();
    assertThat(gate.decide(1, new Totals(1000, 900, 901, 11)).leads()).isFalse();
    assertThat(gate.decide(1, new Totals(1000, 400, 900, 500)).leads()).isFalse();
  }

  @Test
  void shouldJudgeScoresThatAreNoClasses() {
    // when, then: on a full trial, the mean may be behind by the tolerance
    assertThat(gate.decide(1, new Totals(1000, 620, 600, 30)).passed()).isTrue();
    assertThat(gate.decide(1, new Totals(1000, 620, 600, 30)).leads()).isTrue();
    assertThat(gate.decide(1, new Totals(1000, 600, 600, 30)).leads()).isTrue();
    assertThat(gate.decide(1, new Totals(1000, 595, 600, 30)).passed()).isTrue();
    assertThat(gate.decide(1, new Totals(1000, 595, 600, 30)).leads()).isFalse();
    assertThat(gate.decide(1, new Totals(1000, 580, 600, 30)).passed()).isFalse();
    assertThat(gate.decide(1, new Totals(1000, 580, 600, 30)))
        .isEqualTo(new GateDecision(false, "window", 1, 1000, 0.58, 0.6, 0.01));
  }

  @Test
  void shouldAllowForChanceInFewScores() {
    // given: 25 images, differences of 0.1 each: two standard errors are 2 · √0.25 / 25 = 0.04
    Totals chance = new Totals(25, 10, 11.2, 0.25);
    Totals worse = new Totals(25, 10, 11.3, 0.25);

    // when, then: behind by 0.048 and by 0.052
    assertThat(gate.decide(1, chance).allowed()).isCloseTo(0.05, within(1e-12));
    assertThat(gate.decide(1, chance).passed()).isTrue();
    assertThat(gate.decide(1, worse).passed()).isFalse();
  }

  @Test
  void shouldLetPassWhatAHeldOutSetSaysNothingOf() {
    // given
    EvaluationResult none = new EvaluationResult(0, Double.NaN, Map.of(), Optional.empty());

    // when
    GateDecision verdict = gate.decide(1, none, none);

    // then
    assertThat(verdict).isEqualTo(new GateDecision(true, "held-out", 1, 0, null, null, 0.01));
    assertThat(verdict.leads()).isFalse();
  }

  @Test
  void shouldJudgeOnAHeldOutSet() {
    // when, then
    assertThat(gate.decide(1, result(0.905), result(0.910)).passed()).isTrue();
    assertThat(gate.decide(1, result(0.895), result(0.910)).passed()).isFalse();
    assertThat(gate.decide(1, result(Double.NaN), result(0.910)).passed()).isFalse();
    assertThat(gate.decide(1, result(0.9), result(0.9)))
        .isEqualTo(new GateDecision(true, "held-out", 1, 500, 0.9, 0.9, 0.01));
  }

  @Test
  void shouldTellTheFacts() {
    // when, then
    assertThat(gate.decide(3, new Totals(1000, 800, 820, 20)).facts())
        .containsEntry("baseline", "3")
        .containsEntry("measured_on", "window")
        .containsEntry("images", "1000")
        .containsEntry("challenger", "0.8000")
        .containsEntry("best", "0.8200")
        .containsEntry("allowed", "0.0100");
    assertThat(gate.decide(3, new Totals(0, 0, 0, 0)).facts())
        .containsEntry("images", "0")
        .doesNotContainKey("challenger");
  }

  private static EvaluationResult result(double accuracy) {
    return EvaluationResult.ofClasses(500, accuracy, 0.3, Optional.empty());
  }
}
