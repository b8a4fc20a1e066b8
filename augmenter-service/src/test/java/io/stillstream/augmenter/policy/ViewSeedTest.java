package io.stillstream.augmenter.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class ViewSeedTest {

  @Test
  void shouldKeepTheSeedsOfEarlierVersions() {
    // given: computed with Python's hashlib and struct.pack(">qi6siqi", …), without the last 11
    // bits
    // when
    long seed = ViewSeed.of(42, "images", 3, 123_456_789_012L, 2);

    // then
    assertThat(seed).isEqualTo(505797368514712L);
  }

  @Test
  void shouldBeANumberThatADoubleHoldsExactly() {
    // when
    List<Long> seeds =
        LongStream.range(0, 1_000)
            .mapToObj(offset -> ViewSeed.of(42, "images", 0, offset, 1))
            .toList();

    // then: and all of its 53 bits are used
    assertThat(seeds).allSatisfy(seed -> assertThat(seed).isBetween(0L, (1L << 53) - 1));
    assertThat(seeds.stream().reduce(0L, (all, seed) -> all | seed)).isEqualTo((1L << 53) - 1);
  }

  @Test
  void shouldDependOnEveryPart() {
    // given
    long seed = ViewSeed.of(1, "t", 2, 3, 4);

    // then
    assertThat(ViewSeed.of(0, "t", 2, 3, 4)).isNotEqualTo(seed);
    assertThat(ViewSeed.of(1, "u", 2, 3, 4)).isNotEqualTo(seed);
    assertThat(ViewSeed.of(1, "t", 1, 3, 4)).isNotEqualTo(seed);
    assertThat(ViewSeed.of(1, "t", 2, 2, 4)).isNotEqualTo(seed);
    assertThat(ViewSeed.of(1, "t", 2, 3, 5)).isNotEqualTo(seed);
  }
}
