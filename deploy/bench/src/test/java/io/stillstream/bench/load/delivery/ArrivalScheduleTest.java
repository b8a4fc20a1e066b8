package io.stillstream.bench.load.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class ArrivalScheduleTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void shouldNotDriftAtARateThatDoesNotDivideASecond() {
    // given
    ArrivalSchedule schedule = new ArrivalSchedule(300);

    // when
    long afterAnHour = schedule.dueNanos(300L * 3600);

    // then
    assertThat(afterAnHour).isEqualTo(3600 * SECOND);
    assertThat(schedule.dueNanos(1)).isEqualTo(3_333_333);
  }

  @Test
  void shouldCountWhatIsDueBeforeTheEnd() {
    assertThat(new ArrivalSchedule(10).dueWithin(SECOND)).isEqualTo(10);
    assertThat(new ArrivalSchedule(10).dueWithin(SECOND + 1_000_000)).isEqualTo(11);
    assertThat(new ArrivalSchedule(0.5).dueWithin(SECOND)).isEqualTo(1);
  }

  @Test
  void shouldRefuseARateOfNothing() {
    assertThatThrownBy(() -> new ArrivalSchedule(0)).hasMessage("must be above 0, was 0.0");
    assertThatThrownBy(() -> new ArrivalSchedule(Double.NaN))
        .hasMessage("must be above 0, was NaN");
  }
}
