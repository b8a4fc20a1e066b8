package io.stillstream.trainer.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.runtime.health.Health;
import io.stillstream.runtime.health.Health.Check;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TrainerHealthTest {
  private static final Duration MAX_STALL = Duration.ofSeconds(20);

  private final TrainerStatus progress = new TrainerStatus(() -> this.nanos);
  private Optional<String> store = Optional.empty();
  private Optional<String> unpublished = Optional.empty();
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
    progress.heartbeat();
    progress.reading();

    // then
    assertThat(health().ready()).isTrue();
  }

  @Test
  void shouldBeDeadWhenTheLoopStalledOrEnded() {
    // given
    progress.heartbeat();
    progress.reading();

    // when
    nanos += MAX_STALL.toNanos() - 1;

    // then
    assertThat(health().live()).isTrue();

    // when
    nanos++;

    // then
    assertThat(health().live()).isFalse();

    // when
    progress.heartbeat();
    running = false;

    // then
    assertThat(health().live()).isFalse();
  }

  @Test
  void shouldNotBeReadyWhileNothingCanBeSaved() {
    // given
    progress.heartbeat();
    progress.reading();

    // when
    progress.lastFailure("disk full");

    // then
    assertThat(health().ready()).isFalse();
    assertThat(health().live()).isTrue();
  }

  @Test
  void shouldBeReadyWhileTheStoreIsAway() {
    // given
    progress.heartbeat();
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

  @Test
  void shouldNotBeReadyWhileATopicIsGone() {
    // given
    progress.heartbeat();
    progress.reading();

    // when
    unpublished = Optional.of("{student-events=not present in metadata}");

    // then
    assertThat(health().live()).isTrue();
    assertThat(health().ready()).isFalse();
    assertThat(health().checks())
        .filteredOn(check -> check.name().equals("publishing"))
        .singleElement()
        .extracting(Health.Check::detail)
        .isEqualTo("{student-events=not present in metadata}");
  }

  private Health health() {
    return new TrainerHealth(
            progress,
            MAX_STALL,
            () -> starting,
            () -> running,
            () -> true,
            () -> Check.readiness("access", true, "allowed"),
            () -> true,
            () -> store,
            () -> unpublished)
        .health();
  }
}
