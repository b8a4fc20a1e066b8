package io.stillstream.labeler.teachers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProbabilityAveragerTest {
  @Test
  void shouldAverageProbabilitiesByWeight() {
    // given: softmax(ln 1, ln 3) = (1/4, 3/4), softmax(0, 0) = (1/2, 1/2), weights 1/3 and 2/3
    ProbabilityAverager averager = new ProbabilityAverager(List.of(1.0, 2.0));

    // when
    float[] mean = averager.average(new float[][] {{0, (float) Math.log(3)}, {5, 5}});

    // then: 1/12 + 1/3 = 5/12, 1/4 + 1/3 = 7/12
    assertThat(mean[0]).isEqualTo((float) Math.log(5 / 12.0), within(1e-6f));
    assertThat(mean[1]).isEqualTo((float) Math.log(7 / 12.0), within(1e-6f));
  }

  @Test
  void shouldBringWeightsToTheSumOne() {
    assertThat(new ProbabilityAverager(List.of(3.0, 1.0)).weights()).containsExactly(0.75, 0.25);
    assertThat(new ProbabilityAverager(List.of(1e308, 1e308)).weights()).containsExactly(0.5, 0.5);
    assertThat(new ProbabilityAverager(List.of(7.0)).weights()).containsExactly(1.0);
  }

  @Test
  void shouldNotBeMovedByWhatAllLogitsHaveInCommon() {
    // given
    ProbabilityAverager averager = new ProbabilityAverager(List.of(1.0, 1.0));

    // when
    float[] high = averager.average(new float[][] {{90_000, 90_001}, {1e30f, 1e30f}});

    // then: softmax(0, 1) = (0.26894, 0.73106)
    assertThat(high[0]).isEqualTo((float) Math.log((0.268941421 + 0.5) / 2), within(1e-6f));
    assertThat(high[1]).isEqualTo((float) Math.log((0.731058579 + 0.5) / 2), within(1e-6f));
  }

  @Test
  void shouldKeepWhatOneTeacherAloneHoldsPossible() {
    // given: the first gives class 1 a probability that no double can hold
    ProbabilityAverager averager = new ProbabilityAverager(List.of(1.0, 1.0));

    // when
    float[] mean = averager.average(new float[][] {{0, -5000}, {-5000, 0}});

    // then
    assertThat(mean).containsExactly(new float[] {-0.6931472f, -0.6931472f}, within(1e-6f));
  }

  @Test
  void shouldRaiseWhatIsAllButImpossibleToTheFloor() {
    // when
    float[] mean =
        new ProbabilityAverager(List.of(1.0, 1.0))
            .average(
                new float[][] {
                  {Float.MAX_VALUE, -Float.MAX_VALUE}, {Float.MAX_VALUE, -Float.MAX_VALUE}
                });

    // then
    assertThat(mean).containsExactly(0f, ProbabilityAverager.FLOOR);
  }

  @Test
  void shouldGiveProbabilitiesThatSumToOne() {
    // given
    float[][] logits = {{1, -2, 3.5f, 0}, {-1, 8, 0.25f, 2}, {0, 0, 0, 0}};

    // when
    float[] mean = new ProbabilityAverager(List.of(0.2, 5.0, 1.0)).average(logits);

    // then
    double sum = 0;
    for (float log : mean) {
      sum += Math.exp(log);
    }
    assertThat(sum).isEqualTo(1, within(1e-6));
  }

  @Test
  void shouldHideNoLogitThatIsNotFinite() {
    for (float bad : new float[] {Float.NaN, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY}) {
      assertThat(
              new ProbabilityAverager(List.of(1.0, 1.0))
                  .average(new float[][] {{1, 2, 3}, {1, bad, 3}}))
          .containsOnly(Float.NaN);
    }
  }

  @Test
  void shouldRefuseWeightsThatAreNone() {
    assertThatIllegalArgumentException().isThrownBy(() -> new ProbabilityAverager(List.of()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ProbabilityAverager(List.of(1.0, 0.0)))
        .withMessage("weight must be positive, was 0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ProbabilityAverager(List.of(Double.NaN)));
  }
}
