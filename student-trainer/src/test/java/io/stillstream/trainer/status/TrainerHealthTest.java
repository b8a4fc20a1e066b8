package io.stillstream.trainer.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.runtime.health.Health;
import io.stillstream.runtime.health.Health.Check;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TrainerHealthTest {
  private static final Duration MAX_STALL = Duration.ofSeconds(20);

  private final Heartbeat heartbeat = new Heartbeat(() -> this.nanos);
  private TrainerStatus status = TrainerStatus.INITIAL;
  private Optional<String> checkpointFailure = Optional.empty();
  private Optional<String> store = Optional.empty();
  private Optional<String> refusal = Optional.empty();
  private Optional<String> unpublished = Optional.empty();
  private TrainerHealth.Phase phase = TrainerHealth.Phase.RUNNING;
  private long nanos = Duration.ofDays(1).toNanos();

  @Test
  void shouldLiveButNotBeReadyWhileItStarts() {
    // given
    phase = TrainerHealth.Phase.STARTING;

    // when
    Health health = health();

    // then
    assertThat(health.live()).isTrue();
    assertThat(health.ready()).isFalse();
  }

  @Test
  void shouldBeReadyWhileItReads() {
    // given
    heartbeat.beat();
    status = new TrainerStatus(0, 0, 0, false, true, 0, 0);

    // then
    assertThat(health().ready()).isTrue();
  }

  @Test
  void shouldBeDeadWhenTheLoopStalledOrEnded() {
    // given
    heartbeat.beat();
    status = new TrainerStatus(0, 0, 0, false, true, 0, 0);

    // when
    nanos += MAX_STALL.toNanos() - 1;

    // then
    assertThat(health().live()).isTrue();

    // when
    nanos++;

    // then
    assertThat(health().live()).isFalse();

    // when
    heartbeat.beat();
    phase = TrainerHealth.Phase.ENDED;

    // then
    assertThat(health().live()).isFalse();
  }

  @Test
  void shouldNotBeReadyWhileNothingCanBeSaved() {
    // given
    heartbeat.beat();
    status = new TrainerStatus(0, 0, 0, false, true, 0, 0);

    // when
    checkpointFailure = Optional.of("disk full");

    // then
    assertThat(health().ready()).isFalse();
    assertThat(health().live()).isTrue();
  }

  @Test
  void shouldBeReadyWhileTheStoreIsAway() {
    // given
    heartbeat.beat();
    status = new TrainerStatus(0, 0, 0, false, true, 0, 0);
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
  void shouldNotBeReadyWhileReleasesAreRefused() {
    // given
    heartbeat.beat();
    status = new TrainerStatus(0, 0, 0, false, true, 0, 0);

    // when
    refusal = Optional.of("step 4 was not released");

    // then
    assertThat(health().live()).isTrue();
    assertThat(health().ready()).isFalse();
    assertThat(health().checks())
        .filteredOn(check -> check.name().equals("releases"))
        .singleElement()
        .extracting(Health.Check::detail)
        .isEqualTo("step 4 was not released");
  }

  @Test
  void shouldNotBeReadyWhileATopicIsGone() {
    // given
    heartbeat.beat();
    status = new TrainerStatus(0, 0, 0, false, true, 0, 0);

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
            status,
            heartbeat.age(),
            MAX_STALL,
            phase,
            new TrainerHealth.Connections(true, Check.readiness("access", true, "allowed"), true),
            checkpointFailure,
            refusal,
            unpublished,
            store)
        .health();
  }
}
