package io.stillstream.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class MedianSpreadTest {

  @Test
  void shouldCallFlatWhatGrowsOnlyWhileWarmingUp() {
    // when
    List<Long> samples = List.of(10L, 60L, 100L, 104L, 97L, 100L, 99L, 101L);
    MedianSpread memory = MedianSpread.of(MedianSpread.afterWarmUp(samples));

    // then
    assertThat(memory.isFlat()).isTrue();
    assertThat(memory.median()).isEqualTo(100);
    assertThat(memory.lowest()).isCloseTo(-0.03, within(1e-9));
    assertThat(memory.highest()).isCloseTo(0.04, within(1e-9));
  }

  @Test
  void shouldFindSlowGrowth() {
    // given: a leak of 0.15 % of it per sample
    List<Long> samples = LongStream.range(0, 100).mapToObj(i -> 10_000 + 15 * i).toList();

    // when
    MedianSpread memory = MedianSpread.of(MedianSpread.afterWarmUp(samples));

    // then
    assertThat(memory.isFlat()).isFalse();
  }
}
