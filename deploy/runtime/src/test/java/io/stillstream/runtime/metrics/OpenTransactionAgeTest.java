package io.stillstream.runtime.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class OpenTransactionAgeTest {
  private static final TopicPartition FIRST = new TopicPartition("views", 0);
  private static final TopicPartition SECOND = new TopicPartition("views", 1);

  private final OpenTransactionAge ages = new OpenTransactionAge();

  @Test
  void shouldGrowForAsLongAsTheLastStableOffsetStays() {
    assertThat(ages.observe(FIRST, 7, 9, 1_000)).isZero();
    assertThat(ages.observe(FIRST, 7, 9, 1_500)).isEqualTo(500);
    assertThat(ages.observe(FIRST, 7, 400, 9_000)).isEqualTo(8_000);
  }

  @Test
  void shouldBeginAnewWithTheNextTransaction() {
    // given
    ages.observe(FIRST, 7, 9, 1_000);

    // when: that one has ended, and another one is open
    long next = ages.observe(FIRST, 10, 12, 2_000);

    // then
    assertThat(next).isZero();
    assertThat(ages.observe(FIRST, 10, 12, 2_300)).isEqualTo(300);
  }

  @Test
  void shouldBeZeroWithoutAnOpenTransaction() {
    // given
    ages.observe(FIRST, 7, 9, 1_000);

    // then
    assertThat(ages.observe(FIRST, 10, 10, 2_000)).isZero();
    assertThat(ages.observe(FIRST, 10, 11, 3_000)).isZero();
  }

  @Test
  void shouldKeepPartitionsApart() {
    // given
    ages.observe(FIRST, 7, 9, 1_000);
    ages.observe(SECOND, 7, 9, 1_700);

    // then
    assertThat(ages.observe(FIRST, 7, 9, 2_000)).isEqualTo(1_000);
    assertThat(ages.observe(SECOND, 7, 9, 2_000)).isEqualTo(300);
  }

  @Test
  void shouldTakeAnEndThatWasAskedForEarlier() {
    assertThat(ages.observe(FIRST, 12, 9, 1_000)).isZero();
  }
}
