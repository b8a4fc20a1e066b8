package io.stillstream.schemas.values;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class LogitsTest {
  private static final float[] ROWS = {9, 9, 9, 1, 3, 2, 3};

  @Test
  void shouldFindTheFirstOfTheLargest() {
    assertThat(Logits.top(ROWS, 3, 4)).isEqualTo(1);
    assertThat(Logits.top(new float[] {1, 3, 2, 3})).isEqualTo(1);
  }

  @Test
  void shouldTellWhatIsNotFinite() {
    assertThat(Logits.areFinite(ROWS)).isTrue();
    assertThat(Logits.areFinite(new float[] {0, Float.NaN})).isFalse();
    assertThat(Logits.areFinite(new float[] {Float.NEGATIVE_INFINITY})).isFalse();
  }

  @Test
  void shouldGiveProbabilitiesOfLogitsOfAnySize() {
    // when: e^1000 has no double
    double[] probabilities = Logits.probabilities(new float[] {1_000, 1_000 - 1.0986123f, -5});

    // then: 3 to 1
    assertThat(probabilities[0]).isCloseTo(0.75, within(1e-5));
    assertThat(probabilities[1]).isCloseTo(0.25, within(1e-5));
    assertThat(probabilities[2]).isZero();
  }

  @Test
  void shouldOrderTheMostProbableClasses() {
    assertThat(Logits.top(new double[] {0.2, 0.1, 0.5, 0.2}, 3)).containsExactly(2, 0, 3);
    assertThat(Logits.top(new double[] {0.4, 0.6}, 3)).containsExactly(1, 0);
  }

  @Test
  void shouldGiveLogarithmsOfProbabilitiesOfARow() {
    // when
    double[] logs = Logits.logProbabilities(ROWS, 3, 4);

    // then
    double[] probabilities = Logits.probabilities(new float[] {1, 3, 2, 3});
    for (int k = 0; k < logs.length; k++) {
      assertThat(Math.exp(logs[k])).isCloseTo(probabilities[k], within(1e-12));
    }
    assertThat(Logits.divergence(logs, logs)).isZero();
    assertThat(Logits.overlap(logs, logs)).isCloseTo(1, within(1e-12));
  }

  @Test
  void shouldGiveThePartThatTwoDistributionsShare() {
    // given: 0.8 and 0.2, and even
    double[] sure = Logits.logProbabilities(new float[] {(float) Math.log(4), 0}, 0, 2);
    double[] even = Logits.logProbabilities(new float[] {3, 3}, 0, 2);
    // when, then
    assertThat(Logits.overlap(sure, even)).isCloseTo(0.7, within(1e-6));
    assertThat(Logits.overlap(even, sure)).isCloseTo(0.7, within(1e-6));
  }
}
