package io.stillstream.runtime.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RetryBackoffTest {
  private final RetryBackoff backoff = new RetryBackoff();

  @Test
  void shouldDoubleUpToTenSeconds() {
    assertThat(Stream.generate(backoff::next).limit(9).mapToLong(Duration::toMillis))
        .containsExactly(100L, 200L, 400L, 800L, 1600L, 3200L, 6400L, 10_000L, 10_000L);
  }

  @Test
  void shouldBeginAgainAfterASuccess() {
    // given
    backoff.next();
    backoff.next();

    // when
    backoff.reset();

    // then
    assertThat(backoff.next()).isEqualTo(Duration.ofMillis(100));
  }
}
