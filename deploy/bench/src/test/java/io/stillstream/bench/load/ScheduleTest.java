package io.stillstream.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class ScheduleTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void shouldNotDriftAtARateThatDoesNotDivideASecond() {
    // given
    Schedule schedule = new Schedule(300);

    // when
    long afterAnHour = schedule.dueNanos(300L * 3600);

    // then
    assertThat(afterAnHour).isEqualTo(3600 * SECOND);
    assertThat(schedule.dueNanos(1)).isEqualTo(3_333_333);
  }

  @Test
  void shouldCountWhatIsDueBeforeTheEnd() {
    assertThat(new Schedule(10).dueWithin(SECOND)).isEqualTo(10);
    assertThat(new Schedule(10).dueWithin(SECOND + 1_000_000)).isEqualTo(11);
    assertThat(new Schedule(0.5).dueWithin(SECOND)).isEqualTo(1);
  }

  @Test
  void shouldRefuseARateOfNothing() {
    assertThatThrownBy(() -> new Schedule(0)).hasMessage("must be above 0, was 0.0");
    assertThatThrownBy(() -> new Schedule(Double.NaN)).hasMessage("must be above 0, was NaN");
  }
}
