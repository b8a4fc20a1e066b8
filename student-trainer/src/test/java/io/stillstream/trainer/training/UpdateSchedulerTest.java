package io.stillstream.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UpdateSchedulerTest {
  @Test
  void shouldAddNothingToAFixedNumber() {
    // given
    UpdateScheduler pace = new UpdateScheduler(4, 4);

    // when
    pace.began();

    // then
    assertThat(pace.taken()).isEqualTo(4);
    assertThat(pace.mayUpdate()).isFalse();
    assertThat(pace.shouldUpdate(0)).isFalse();
  }

  @Test
  void shouldReplayWhileNothingWaits() {
    // given
    UpdateScheduler pace = new UpdateScheduler(1, 8);
    assertThat(pace.shouldUpdate(0)).isFalse();

    // when
    pace.began();
    while (pace.shouldUpdate(0.9)) {
      pace.replayed();
    }

    // then
    assertThat(pace.taken()).isEqualTo(8);
  }

  @Test
  void shouldGiveABatchNoMoreAfterOneThatFailed() {
    // given
    UpdateScheduler pace = new UpdateScheduler(1, 8);
    pace.began();
    pace.replayed();

    // when
    pace.failed();

    // then
    assertThat(pace.mayUpdate()).isFalse();
    assertThat(pace.taken()).isEqualTo(2);
    pace.began();
    assertThat(pace.shouldUpdate(0)).isTrue();
  }

  @Test
  void shouldTakeNoMoreThanItMustWhenABatchWaits() {
    // given
    UpdateScheduler pace = new UpdateScheduler(1, 8);

    // when
    pace.began();

    // then
    assertThat(pace.shouldUpdate(1)).isFalse();
    assertThat(pace.taken()).isEqualTo(1);
  }

  /** A step takes one unit of time; views come at a rate of batches per unit. */
  @Test
  void shouldFollowEveryRateAndNeverBeOutrunByOneThatTheMinimumCanTake() {
    for (double rate : new double[] {0.05, 0.125, 0.2, 0.33, 0.5, 0.95}) {
      // given
      UpdateScheduler pace = new UpdateScheduler(1, 8);
      double backlog = 0;
      long batches = 0;
      long steps = 0;
      double worst = 0;

      // when: with a burst of twenty batches in between
      for (int time = 0; time < 10_000; time++) {
        backlog += rate + (time == 5000 ? 20 : 0);
        if (backlog >= 1) {
          backlog--;
          batches++;
          steps++;
          pace.began();
        } else if (pace.shouldUpdate(backlog)) {
          pace.replayed();
          steps++;
        }
        worst = time < 5000 || time > 9000 ? Math.max(worst, backlog) : worst;
      }

      // then: as many updates as fit, and nothing left behind
      assertThat(worst).as("backlog at " + rate).isLessThan(2);
      double expected = Math.min(8, 1 / rate);
      assertThat((double) steps / batches).as("updates at " + rate).isGreaterThan(0.8 * expected);
    }
  }
}
