package io.stillstream.trainer.training.hyperparameters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.trainer.training.hyperparameters.OptimiserSettings.ScheduleKind;
import io.stillstream.trainer.training.hyperparameters.OptimiserSettings.ScheduleSettings;
import org.junit.jupiter.api.Test;

class LearningRateScheduleTest {
  private static final double EXACT = 1e-12;

  @Test
  void shouldStayWhereItIs() {
    assertThat(rate(ScheduleKind.CONSTANT, 0, 1)).isEqualTo(0.4);
    assertThat(rate(ScheduleKind.CONSTANT, 0, 1_000_000_000_000L)).isEqualTo(0.4);
  }

  @Test
  void shouldWarmUpInAStraightLine() {
    for (ScheduleKind kind : ScheduleKind.values()) {
      assertThat(rate(kind, 4, 1)).isCloseTo(0.1, within(EXACT));
      assertThat(rate(kind, 4, 2)).isCloseTo(0.2, within(EXACT));
      assertThat(rate(kind, 4, 4)).isCloseTo(0.4, within(EXACT));
    }
  }

  @Test
  void shouldFallAsACosineAndRestart() {
    // 10 steps a cycle, down to a tenth
    assertThat(rate(ScheduleKind.COSINE, 0, 1)).isEqualTo(0.4);
    assertThat(rate(ScheduleKind.COSINE, 0, 6)).isCloseTo((0.4 + 0.04) / 2, within(EXACT));
    assertThat(rate(ScheduleKind.COSINE, 0, 10)).isBetween(0.04, 0.05);
    assertThat(rate(ScheduleKind.COSINE, 0, 11)).isEqualTo(0.4);
    assertThat(rate(ScheduleKind.COSINE, 0, 16))
        .isCloseTo(rate(ScheduleKind.COSINE, 0, 6), within(EXACT));
    assertThat(rate(ScheduleKind.COSINE, 7, 18)).isEqualTo(0.4);
  }

  @Test
  void shouldMakeEachCycleLonger() {
    // given: cycles of 10, 30, 90 … steps
    LearningRateSchedule schedule =
        new LearningRateSchedule(1, new ScheduleSettings(ScheduleKind.COSINE, 0, 10, 3, 0));

    // then
    assertThat(schedule.rate(11)).isEqualTo(1);
    assertThat(schedule.rate(26)).isCloseTo(0.5, within(EXACT));
    assertThat(schedule.rate(41)).isEqualTo(1);
    assertThat(schedule.rate(86)).isCloseTo(0.5, within(EXACT));
    assertThat(schedule.rate(131)).isEqualTo(1);
    assertThat(schedule.rate(Long.MAX_VALUE)).isBetween(0.0, 1.0);
  }

  @Test
  void shouldFallWithTheRootOfTheSteps() {
    assertThat(rate(ScheduleKind.INVERSE_SQUARE_ROOT, 4, 16)).isCloseTo(0.2, within(EXACT));
    assertThat(rate(ScheduleKind.INVERSE_SQUARE_ROOT, 4, 400)).isCloseTo(0.04, within(EXACT));
  }

  private static double rate(ScheduleKind kind, long warmUp, long step) {
    return new LearningRateSchedule(0.4, new ScheduleSettings(kind, warmUp, 10, 1, 0.1)).rate(step);
  }
}
