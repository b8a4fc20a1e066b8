package io.stillstream.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

final class BackoffTest {

  @Test
  void shouldDoubleTheBoundUpToTheLongest() {
    // given
    List<Duration> waits = new ArrayList<>();
    Backoff backoff =
        new Backoff(7, Duration.ofSeconds(1), Duration.ofSeconds(20), waits::add, share(0.5));

    // when
    for (int retry = 0; retry < 7; retry++) {
      backoff.await(retry);
    }

    // then
    assertThat(waits)
        .extracting(Duration::toMillis)
        .containsExactly(500L, 1_000L, 2_000L, 4_000L, 8_000L, 10_000L, 10_000L);
  }

  @Test
  void shouldWaitAnythingFromZero() {
    // given
    List<Duration> waits = new ArrayList<>();

    // when
    new Backoff(1, Duration.ofSeconds(1), Duration.ofSeconds(20), waits::add, share(0)).await(0);

    // then
    assertThat(waits).containsExactly(Duration.ZERO);
  }

  private static RandomGenerator share(double share) {
    return new RandomGenerator() {
      @Override
      public long nextLong() {
        throw new UnsupportedOperationException();
      }

      @Override
      public double nextDouble() {
        return share;
      }
    };
  }
}
