package io.stillstream.schemas.values;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SplitMix64Test {

  @Test
  void shouldYieldThePublishedNumbers() {
    // given: the vector that Vigna's splitmix64.c gives for this seed
    SplitMix64 random = new SplitMix64(1234567);

    // when
    long[] numbers = {
      random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong()
    };

    // then
    assertThat(numbers)
        .containsExactly(
            6457827717110365317L,
            3203168211198807973L,
            Long.parseUnsignedLong("9817491932198370423"),
            4593380528125082431L,
            Long.parseUnsignedLong("16408922859458223821"));
  }

  @Test
  void shouldDrawFractionsFromTheUpperBits() {
    // given
    SplitMix64 random = new SplitMix64(1234567);

    // when
    double first = random.nextDouble();

    // then
    assertThat(first).isEqualTo((6457827717110365317L >>> 11) / (double) (1L << 53));
  }

  @Test
  void shouldContinueFromItsState() {
    // given
    SplitMix64 random = new SplitMix64(7);
    long unused = random.nextLong();

    // when
    SplitMix64 other = new SplitMix64(random.state());

    // then
    assertThat(other.nextLong()).isEqualTo(random.nextLong());
  }

  @Test
  void shouldReachAllNumbersBelowABoundEquallyOften() {
    // given
    SplitMix64 random = new SplitMix64(7);

    // when
    int[] counts = new int[5];
    IntStream.range(0, 50_000).forEach(i -> counts[(int) random.nextLong(5)]++);

    // then
    for (int count : counts) {
      assertThat(count).isBetween(9_600, 10_400);
    }
  }
}
