package io.stillstream.student;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.runtime.Health;
import io.stillstream.runtime.Health.Check;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TrainerHealthTest {
  private final Progress progress = new Progress();
  private Optional<String> store = Optional.empty();
  private boolean starting;
  private boolean running = true;
  private long nanos = Duration.ofDays(1).toNanos();

  @Test
  void shouldLiveButNotBeReadyWhileItStarts() {
    // given
    starting = true;
    running = false;

    // when
    Health health = health();

    // then
    assertThat(health.live()).isTrue();
    assertThat(health.ready()).isFalse();
  }

  @Test
  void shouldBeReadyWhileItReads() {
    // given
    progress.turn(nanos);
    progress.reading();

    // then
    assertThat(health().ready()).isTrue();
  }

  @Test
  void shouldBeDeadWhenTheLoopStalledOrEnded() {
    // given
    progress.turn(nanos);
    progress.reading();

    // when
    nanos += Duration.ofMinutes(5).toNanos();

    // then
    assertThat(health().live()).isFalse();

    // when
    progress.turn(nanos);
    running = false;

    // then
    assertThat(health().live()).isFalse();
  }

  @Test
  void shouldNotBeReadyWhileNothingCanBeSaved() {
    // given
    progress.turn(nanos);
    progress.reading();

    // when
    progress.trouble("disk full");

    // then
    assertThat(health().ready()).isFalse();
    assertThat(health().live()).isTrue();
  }

  @Test
  void shouldBeReadyWhileTheStoreIsAway() {
    // given
    progress.turn(nanos);
    progress.reading();
    store = Optional.of("step 4 copied, 8 behind; no answer");

    // then
    assertThat(health().ready()).isTrue();
    assertThat(health().checks())
        .filteredOn(check -> check.name().equals("store"))
        .singleElement()
        .extracting(Health.Check::detail)
        .isEqualTo("step 4 copied, 8 behind; no answer");
  }

  private Health health() {
    return new TrainerHealth(
            progress,
            () -> starting,
            () -> running,
            () -> true,
            () -> Check.readiness("access", true, "allowed"),
            () -> true,
            () -> store,
            () -> nanos)
        .health();
  }
}
