package io.stillstream.page.bottleneck;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BusySharesTest {
  private final BusyShares shares = new BusyShares();

  @Test
  void shouldKnowNothingOfOneMoment() {
    assertThat(shares.add(1_000, 7, 8)).isEmpty();
  }

  @Test
  void shouldTellSharesOfTheLatestWindow() {
    // given: busy all the time, then half of it
    for (int i = 0; i <= 10; i++) {
      shares.add(2_000L * i, 2 * i, 0);
    }

    // when
    double[] latest = null;
    for (int i = 1; i <= 10; i++) {
      latest = shares.add(20_000 + 2_000L * i, 20 + i, 0.5 * i).orElseThrow();
    }

    // then
    assertThat(latest).containsExactly(0.5, 0.25);
  }

  @Test
  void shouldNotTellMoreThanAllOfWorkThatBeganBefore() {
    // given
    shares.add(0, 0);

    // then: an evaluation of a minute ends
    assertThat(shares.add(2_000, 60).orElseThrow()).containsExactly(1);
  }

  @Test
  void shouldBeginAnewWhenTheServiceHasBegunAnew() {
    // given
    shares.add(0, 100);
    shares.add(2_000, 102);

    // then
    assertThat(shares.add(4_000, 1)).isEmpty();
    assertThat(shares.add(6_000, 2).orElseThrow()).containsExactly(0.5);
  }
}
