package io.stillstream.trainer.training.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.trainer.training.accuracy.EvaluationResult;
import io.stillstream.trainer.training.comparison.PairedComparison.Counts;
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
        gate.decide(3, new Counts(1000, 800 + onlyChallenger, onlyChallenger, onlyBaseline));

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
    assertThat(gate.decide(1, new Counts(100, 88, 1, 3)).passed()).isTrue();
    assertThat(gate.decide(1, new Counts(100, 60, 0, 30)).passed()).isFalse();
    assertThat(gate.decide(1, new Counts(4, 0, 0, 4)).passed()).isTrue();
  }

  @Test
  void shouldLetPassWhatNothingIsKnownOf() {
    // when
    GateDecision verdict = gate.decide(1, new Counts(0, 0, 0, 0));

    // then
    assertThat(verdict.passed()).isTrue();
    assertThat(verdict.leads()).isFalse();
    assertThat(verdict.challenger()).isNull();
  }

  @Test
  void shouldTellTheBestFromWhatIsGoodEnough() {
    // when, then
    assertThat(gate.decide(1, new Counts(1000, 900, 5, 5)).leads()).isTrue();
    assertThat(gate.decide(1, new Counts(1000, 900, 5, 6)).leads()).isFalse();
    assertThat(gate.decide(1, new Counts(1000, 900, 0, 500)).leads()).isFalse();
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
    assertThat(gate.decide(3, new Counts(1000, 800, 0, 20)).facts())
        .containsEntry("baseline", "3")
        .containsEntry("measured_on", "window")
        .containsEntry("images", "1000")
        .containsEntry("challenger", "0.8000")
        .containsEntry("best", "0.8200")
        .containsEntry("allowed", "0.0100");
    assertThat(gate.decide(3, new Counts(0, 0, 0, 0)).facts())
        .containsEntry("images", "0")
        .doesNotContainKey("challenger");
  }

  private static EvaluationResult result(double accuracy) {
    return new EvaluationResult(500, accuracy, 0.3);
  }
}
