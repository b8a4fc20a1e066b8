package io.stillstream.augmenter.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ViewSeedTest {

  @Test
  void shouldStayWhatItHasAlwaysBeen() {
    // given: computed with Python's hashlib and struct.pack(">qi6siqi", …)
    // when
    long seed = ViewSeed.of(42, "images", 3, 123_456_789_012L, 2);

    // then
    assertThat(seed).isEqualTo(1035873010718131988L);
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
