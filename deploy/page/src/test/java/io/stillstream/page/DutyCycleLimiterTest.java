package io.stillstream.page;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DutyCycleLimiterTest {
  private static final long MILLI = 1_000_000;

  private final DutyCycleLimiter pace = new DutyCycleLimiter(3000 * MILLI);

  @Test
  void shouldKeepItsInterval() {
    // given
    assertThat(pace.isDue(-5)).isTrue();

    // when
    pace.record(0, 10 * MILLI);

    // then
    assertThat(pace.isDue(2999 * MILLI)).isFalse();
    assertThat(pace.isDue(3000 * MILLI)).isTrue();
  }

  @Test
  void shouldComeLessOftenWhenItIsExpensive() {
    // when: a second of work
    pace.record(0, 1000 * MILLI);

    // then: a hundred seconds
    assertThat(pace.isDue(99_999 * MILLI)).isFalse();
    assertThat(pace.isDue(100_000 * MILLI)).isTrue();
  }
}
