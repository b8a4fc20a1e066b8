package io.stillstream.local.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class IngestRateLimiterTest {
  private final AtomicLong now = new AtomicLong();

  @Test
  void shouldSpaceTurnsEvenly() {
    // given
    IngestRateLimiter pace = new IngestRateLimiter(10, now::get);
    // when, then
    assertThat(pace.turn()).isZero();
    assertThat(pace.turn()).isEqualTo(100_000_000);
    assertThat(pace.turn()).isEqualTo(200_000_000);
  }

  @Test
  void shouldNotMakeGoodWhatWasMissed() {
    // given
    IngestRateLimiter pace = new IngestRateLimiter(10, now::get);
    pace.turn();
    // when
    now.set(5_000_000_000L);
    // then
    assertThat(pace.turn()).isZero();
    assertThat(pace.turn()).isEqualTo(100_000_000);
  }

  @Test
  void shouldNotWaitWithoutALimit() {
    // given
    IngestRateLimiter pace = new IngestRateLimiter(Double.POSITIVE_INFINITY, now::get);
    // when, then
    assertThat(pace.turn()).isZero();
    assertThat(pace.turn()).isZero();
  }
}
