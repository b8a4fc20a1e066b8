package io.stillstream.schemas.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class ConfusionMatrixTest {
  @Test
  void shouldAverageOverTheClassesThatOccur() {
    // given
    ConfusionMatrix matrix = new ConfusionMatrix(4);

    // when: class 0 has 2 of 3 pixels in common, class 1 has 1 of 2, 2 and 3 do not occur
    matrix.add(mask(0, 0, 1, 0), mask(0, 0, 1, 1));

    // then
    assertThat(matrix.pixels()).isEqualTo(4);
    assertThat(matrix.pixelAccuracy()).isEqualTo(0.75);
    assertThat(matrix.iou()).containsExactly(2.0 / 3, 0.5, Double.NaN, Double.NaN);
    assertThat(matrix.meanIou()).isCloseTo((2.0 / 3 + 0.5) / 2, within(1e-12));
  }

  @Test
  void shouldCountAClassThatWasOnlyAnswered() {
    // given
    ConfusionMatrix matrix = new ConfusionMatrix(3);

    // when
    matrix.add(mask(0, 0), mask(0, 2));

    // then
    assertThat(matrix.meanIou()).isEqualTo(0.25);
  }

  @Test
  void shouldLeaveOutIgnoredPixelsAndUnknownClasses() {
    // given
    ConfusionMatrix matrix = new ConfusionMatrix(2);

    // when
    matrix.add(mask(SegmentationMask.IGNORE, 1, 7), mask(0, 1, 1));

    // then
    assertThat(matrix.pixels()).isEqualTo(1);
    assertThat(matrix.meanIou()).isEqualTo(1);
  }

  @Test
  void shouldKnowNothingWithoutPixels() {
    assertThat(new ConfusionMatrix(2).meanIou()).isNaN();
    assertThat(new ConfusionMatrix(2).pixelAccuracy()).isNaN();
  }

  @Test
  void shouldTakeAwayWhatItAdded() {
    // given
    ConfusionMatrix sum = new ConfusionMatrix(2);
    ConfusionMatrix one = new ConfusionMatrix(2);
    one.add(1, 0);
    sum.add(0, 0);

    // when
    sum.add(one, 1);
    sum.add(one, 1);
    sum.add(one, -1);

    // then
    assertThat(sum.count(1, 0)).isEqualTo(1);
    assertThat(sum.count(0, 0)).isEqualTo(1);
  }

  @Test
  void shouldRefuseMasksOfDifferentSizes() {
    assertThatThrownBy(() -> new ConfusionMatrix(2).add(mask(0, 1), mask(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 x 2")
        .hasMessageContaining("1 x 1");
  }

  private static SegmentationMask mask(int... classes) {
    byte[] bytes = new byte[classes.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) classes[i];
    }
    return new SegmentationMask(1, bytes.length, bytes);
  }
}
