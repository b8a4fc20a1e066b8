package io.stillstream.labeler.batching;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DeviceBatchLimitsTest {
  private static final String GPU = "gpu0";
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final AtomicLong nanos = new AtomicLong(-7);
  private final List<Integer> told = new ArrayList<>();
  private final DeviceBatchLimits caps =
      new DeviceBatchLimits(128, MINUTE, (device, cap, before) -> told.add(cap), nanos::get);

  @Test
  void shouldGrowAgainStepByStepUpToTheLargestBatch() {
    // given
    caps.outOfMemory(GPU, 128);
    caps.outOfMemory(GPU, 64);
    assertThat(caps.of(GPU)).isEqualTo(32);

    // then
    pass(MINUTE.minusNanos(1));
    assertThat(caps.of(GPU)).isEqualTo(32);
    pass(Duration.ofNanos(1));
    assertThat(caps.of(GPU)).isEqualTo(64);
    pass(MINUTE);
    assertThat(caps.of(GPU)).isEqualTo(Integer.MAX_VALUE);
    assertThat(told).containsExactly(64, 32, 64, 128);
  }

  @Test
  void shouldTryEverMoreRarelyWhatNeverFits() {
    // given
    caps.outOfMemory(GPU, 128);
    List<Duration> pauses = new ArrayList<>();

    // when
    for (int failure = 0; failure < 9; failure++) {
      pauses.add(untilGrown());
      caps.outOfMemory(GPU, 128);
    }

    // then
    assertThat(pauses)
        .extracting(Duration::toMinutes)
        .containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L);
  }

  @Test
  void shouldNotWaitLongerBecauseOfOneShortageThatHalvesSeveralTimes() {
    // given
    for (int views = 128; views > 1; views /= 2) {
      caps.outOfMemory(GPU, views);
    }
    assertThat(caps.of(GPU)).isEqualTo(1);

    // when
    pass(MINUTE);

    // then
    assertThat(caps.of(GPU)).isEqualTo(2);
  }

  @Test
  void shouldForgetAShortageThatIsOver() {
    // given: the second try holds, for as long as it was waited for
    caps.outOfMemory(GPU, 128);
    pass(MINUTE);
    assertThat(caps.of(GPU)).isEqualTo(Integer.MAX_VALUE);
    caps.outOfMemory(GPU, 128);
    pass(MINUTE.multipliedBy(2));
    assertThat(caps.of(GPU)).isEqualTo(Integer.MAX_VALUE);
    pass(MINUTE.multipliedBy(2));
    assertThat(caps.of(GPU)).isEqualTo(Integer.MAX_VALUE);

    // when
    caps.outOfMemory(GPU, 128);
    pass(MINUTE);

    // then: it begins anew
    assertThat(caps.of(GPU)).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void shouldCountOneShortageOfSeveralLanesOnce() {
    // when
    caps.outOfMemory(GPU, 128);
    caps.outOfMemory(GPU, 128);

    // then
    assertThat(told).containsExactly(64);
    assertThat(caps.of(GPU)).isEqualTo(64);
    assertThat(caps.of("gpu1")).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void shouldNeverGrowWithoutAPause() {
    // given
    DeviceBatchLimits forGood =
        new DeviceBatchLimits(128, Duration.ZERO, (device, cap, before) -> {}, nanos::get);
    forGood.outOfMemory(GPU, 128);

    // when
    pass(Duration.ofDays(365));

    // then
    assertThat(forGood.of(GPU)).isEqualTo(64);
  }

  private Duration untilGrown() {
    Duration waited = Duration.ZERO;
    while (caps.of(GPU) == 64) {
      pass(MINUTE);
      waited = waited.plus(MINUTE);
    }
    return waited;
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }
}
