package io.stillstream.local.policy.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class AgreementTotalTest {
  private static final float[] EVEN = {0, 0};

  /** Probabilities 0.8 and 0.2. */
  private static final float[] FIRST = {(float) Math.log(4), 0};

  private static final float[] SECOND = {0, (float) Math.log(4)};

  @Test
  void shouldAverageOverlapClassAndDivergence() {
    // given: overlaps 1 and 0.4, and 0.7 twice
    AgreementTotal total = new AgreementTotal();
    total.add(FIRST, FIRST);
    total.add(FIRST, SECOND);
    total.endImage();
    total.add(FIRST, EVEN);
    total.add(SECOND, EVEN);
    total.endImage();
    // when
    AnswerAgreement agreement = total.agreement();
    // then: both images have a mean of 0.7
    assertThat(agreement.views()).isEqualTo(4);
    assertThat(agreement.kept()).isCloseTo(0.7, within(1e-6));
    assertThat(agreement.error()).isCloseTo(0, within(1e-6));
    assertThat(agreement.sameClass()).isEqualTo(0.5);
    double flipped = 0.6 * Math.log(4);
    double flattened = 0.8 * Math.log(1.6) + 0.2 * Math.log(0.4);
    assertThat(agreement.divergence()).isCloseTo((flipped + 2 * flattened) / 4, within(1e-6));
  }

  @Test
  void shouldTakeTheViewsOfAnImageForOneSample() {
    // given: images with means of 1 and 0.4
    AgreementTotal total = new AgreementTotal();
    for (int view = 0; view < 50; view++) {
      total.add(FIRST, FIRST);
    }
    total.endImage();
    for (int view = 0; view < 50; view++) {
      total.add(FIRST, SECOND);
    }
    total.endImage();
    // when, then: the deviation of two numbers, 0.6/√2, by √2
    assertThat(total.agreement().error()).isCloseTo(0.3, within(1e-6));
    assertThat(total.agreement().interval()).isEqualTo("70.0 % (11.2 to 100.0)");
  }
}
