package io.stillstream.runtime.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ClockJumpDetectorTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private Instant wall = Instant.parse("2026-11-23T12:00:00Z");
  private long nanos = -5_000_000_000L;

  /** What happens at each of the next readings, before they are taken. */
  private final Deque<Runnable> meanwhile = new ArrayDeque<>();

  private ClockJumpDetector watch;

  @BeforeEach
  void begin() {
    watch =
        new ClockJumpDetector(
            () -> {
              next();
              return wall;
            },
            () -> {
              next();
              return nanos;
            });
  }

  @Test
  void shouldSayNothingWhileBothGoOn() {
    for (int look = 0; look < 5; look++) {
      pass(SECOND);
      assertThat(watch.check()).isEmpty();
    }
  }

  @Test
  void shouldTellByHowMuchTheTimeOfDayWasSetBackAndOnlyOnce() {
    // given
    pass(SECOND);
    // when
    wall = wall.minus(Duration.ofHours(9));
    // then
    assertThat(watch.check()).hasValue(Duration.ofHours(9));
    pass(SECOND);
    assertThat(watch.check()).isEmpty();
  }

  @Test
  void shouldSayNothingOfAStepThatEverybodyCanWaitFor() {
    wall = wall.minus(ClockJumpDetector.TOLERANCE);
    assertThat(watch.check()).isEmpty();
    wall = wall.minus(ClockJumpDetector.TOLERANCE).minusMillis(1);
    assertThat(watch.check()).isPresent();
  }

  @Test
  void shouldSayNothingOfATimeOfDayThatWasSetAhead() {
    wall = wall.plus(Duration.ofHours(3));
    assertThat(watch.check()).isEmpty();
    pass(SECOND);
    assertThat(watch.check()).isEmpty();
  }

  @Test
  void shouldSayNothingWhereverTheProcessStandsStill() {
    for (int place = 0; place < 6; place++) {
      // given: it is stopped for a minute before one of the readings
      for (int reading = 0; reading < place; reading++) {
        meanwhile.add(() -> {});
      }
      meanwhile.add(() -> pass(Duration.ofMinutes(1)));
      // when, then
      for (int look = 0; look < 3; look++) {
        pass(SECOND);
        assertThat(watch.check()).as("stopped before reading %d", place).isEmpty();
      }
    }
  }

  private void pass(Duration time) {
    wall = wall.plus(time);
    nanos += time.toNanos();
  }

  private void next() {
    Runnable first = meanwhile.poll();
    if (first != null) {
      first.run();
    }
  }
}
