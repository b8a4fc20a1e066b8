package io.stillstream.trainer.training.divergence;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RollbackLimiterTest {
  private static final DivergenceSettings RULES =
      new DivergenceSettings(6, 3, 10, 50, 10, 0.5, 100, 2, 1000);
  private final RollbackLimiter rollbacks = new RollbackLimiter(RULES);

  @Test
  void shouldLowerTheRateAtEachAndRaiseItAgainOneByOne() {
    // given
    rollbacks.advance(10);
    assertThat(rollbacks.rateFactor()).isEqualTo(1);

    // when
    rollbacks.add(10);
    rollbacks.add(20);

    // then
    assertThat(rollbacks.rateFactor()).isEqualTo(0.25);
    rollbacks.advance(119);
    assertThat(rollbacks.rateFactor()).isEqualTo(0.25);
    rollbacks.advance(120);
    assertThat(rollbacks.rateFactor()).isEqualTo(0.5);
    rollbacks.advance(219);
    assertThat(rollbacks.rateFactor()).isEqualTo(0.5);
    rollbacks.advance(220);
    assertThat(rollbacks.rateFactor()).isEqualTo(1);
  }

  @Test
  void shouldKeepTheRateLowIfSaidSo() {
    // given
    RollbackLimiter staying =
        new RollbackLimiter(new DivergenceSettings(6, 3, 10, 50, 10, 0.1, 0, 2, 1000));

    // when
    staying.add(10);
    staying.advance(1_000_000);

    // then
    assertThat(staying.rateFactor()).isEqualTo(0.1);
  }

  @Test
  void shouldAllowOnlySoManyWithinSoManySteps() {
    // when
    rollbacks.add(100);
    assertThat(rollbacks.isAllowed()).isTrue();
    rollbacks.add(900);

    // then
    assertThat(rollbacks.isAllowed()).isFalse();
    rollbacks.advance(1_099);
    assertThat(rollbacks.isAllowed()).isFalse();
    rollbacks.advance(1_100);
    assertThat(rollbacks.isAllowed()).isTrue();
  }

  @Test
  void shouldGoOnFromWhatItSaved() {
    // given
    rollbacks.add(100);
    rollbacks.add(150);
    RollbackLimiter other = new RollbackLimiter(RULES);

    // when
    other.restore(rollbacks.save());

    // then
    assertThat(other.isAllowed()).isFalse();
    assertThat(other.rateFactor()).isEqualTo(0.25);
    other.advance(250);
    assertThat(other.rateFactor()).isEqualTo(0.5);
  }
}
