package io.stillstream.page.progress;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RateMeterTest {
  private final RateMeter rate = new RateMeter();

  @Test
  void shouldTellTheLastSecondsOnly() {
    // given: a burst, long ago
    assertThat(rate.perSecond()).isNaN();
    rate.add(0, 0);
    assertThat(rate.perSecond()).isNaN();
    rate.add(1000, 9000);
    assertThat(rate.perSecond()).isEqualTo(9000);

    // when
    for (int second = 2; second < 12; second++) {
      rate.add(second * 1000L, 9000 + 50.0 * second);
    }

    // then
    assertThat(rate.perSecond()).isEqualTo(50);
  }

  @Test
  void shouldBeginAnewAfterTimeWithoutCounts() {
    // given
    rate.add(0, 100);
    rate.add(1000, 200);

    // when
    rate.add(2000, Double.NaN);
    rate.add(60_000, 90_000);

    // then
    assertThat(rate.perSecond()).isNaN();
    rate.add(61_000, 90_010);
    assertThat(rate.perSecond()).isEqualTo(10);
  }

  @Test
  void shouldNotRunBackwards() {
    // given: a topic was made anew
    rate.add(0, 100);
    rate.add(1000, 0);

    // then
    assertThat(rate.perSecond()).isZero();
  }
}
