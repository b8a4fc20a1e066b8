package io.stillstream.local.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PaceTest {
  private final AtomicLong now = new AtomicLong();

  @Test
  void shouldSpaceTurnsEvenly() {
    // given
    Pace pace = new Pace(10, now::get);
    // when, then
    assertThat(pace.turn()).isZero();
    assertThat(pace.turn()).isEqualTo(100_000_000);
    assertThat(pace.turn()).isEqualTo(200_000_000);
  }

  @Test
  void shouldNotMakeGoodWhatWasMissed() {
    // given
    Pace pace = new Pace(10, now::get);
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
    Pace pace = new Pace(Double.POSITIVE_INFINITY, now::get);
    // when, then
    assertThat(pace.turn()).isZero();
    assertThat(pace.turn()).isZero();
  }
}
