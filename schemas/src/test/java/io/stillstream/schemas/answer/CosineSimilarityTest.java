package io.stillstream.schemas.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class CosineSimilarityTest {
  @Test
  void shouldBeThatOfTheAngle() {
    // when, then
    assertThat(CosineSimilarity.of(new float[] {3, 4}, new float[] {6, 8})).isEqualTo(1);
    assertThat(CosineSimilarity.of(new float[] {3, 4}, new float[] {-3, -4})).isEqualTo(-1);
    assertThat(CosineSimilarity.of(new float[] {1, 0}, new float[] {0, 2})).isZero();
    assertThat(CosineSimilarity.of(new float[] {1, 0}, new float[] {1, 1}))
        .isCloseTo(Math.sqrt(0.5), within(1e-12));
  }

  @Test
  void shouldTakeTheSecondOutOfRows() {
    // when, then
    assertThat(CosineSimilarity.of(new float[] {1, 0}, new float[] {9, 9, 0, 2, -1, 0}, 2))
        .isZero();
    assertThat(CosineSimilarity.of(new float[] {1, 0}, new float[] {9, 9, 0, 2, -1, 0}, 4))
        .isEqualTo(-1);
  }

  @Test
  void shouldHoldForVeryLongAndVeryShortVectors() {
    // when, then
    assertThat(CosineSimilarity.of(new float[] {1e38f, 1e38f}, new float[] {1e-30f, 1e-30f}))
        .isCloseTo(1, within(1e-6));
  }

  @Test
  void shouldBeUndefinedWithoutADirection() {
    // when, then
    assertThat(CosineSimilarity.of(new float[] {0, 0}, new float[] {1, 2})).isNaN();
    assertThat(CosineSimilarity.of(new float[] {1, 2}, new float[] {0, 0})).isNaN();
    assertThat(CosineSimilarity.of(new float[] {1, 2}, new float[] {Float.NaN, 0})).isNaN();
    assertThat(CosineSimilarity.of(new float[] {Float.POSITIVE_INFINITY, 2}, new float[] {1, 1}))
        .isNaN();
  }
}
