package io.stillstream.augmenter.random;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class RandomStreamTest {

  @Test
  void shouldReachBothEndsOfWholeRangesEquallyOften() {
    // given
    RandomStream random = RandomStream.of(7);

    // when
    int[] counts = new int[5];
    IntStream.range(0, 50_000).forEach(i -> counts[random.between(-2, 2) + 2]++);

    // then
    for (int count : counts) {
      assertThat(count).isBetween(9_600, 10_400);
    }
  }
}
