package io.stillstream.labeler.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.labeler.result.MaskTruth;
import io.stillstream.schemas.answer.SegmentationMask;
import org.junit.jupiter.api.Test;

class ConfusionWindowTest {
  private final ConfusionWindow window = new ConfusionWindow(20);

  @Test
  void shouldKnowNothingBeforeTheFirstView() {
    assertThat(window.pixelAccuracy()).isNaN();
    assertThat(window.meanIou()).isNaN();
  }

  @Test
  void shouldSumUpPixelsBeforeItDivides() {
    // when
    window.add(view(new byte[] {0, 0, 1, 1}, new byte[] {0, 0, 1, 0}));
    window.add(view(new byte[] {1, 1, 1, (byte) 255}, new byte[] {1, 1, 1, 2}));

    // then: class 0 has 2 of 3, class 1 has 4 of 5, class 2 does not occur
    assertThat(window.pixelAccuracy()).isEqualTo(6 / 7.0, within(1e-12));
    assertThat(window.meanIou()).isEqualTo((2 / 3.0 + 4 / 5.0) / 2, within(1e-12));
  }

  @Test
  void shouldForgetTheOldestTenthAtOnce() {
    // given: twenty wrong ones
    for (int i = 0; i < 20; i++) {
      window.add(view(new byte[] {0}, new byte[] {1}));
    }
    assertThat(window.pixelAccuracy()).isZero();

    // when
    for (int i = 0; i < 3; i++) {
      window.add(view(new byte[] {0}, new byte[] {0}));
    }

    // then: four of the wrong ones are gone
    assertThat(window.pixelAccuracy()).isEqualTo(3 / 19.0, within(1e-12));

    // when
    for (int i = 0; i < 20; i++) {
      window.add(view(new byte[] {0}, new byte[] {0}));
    }

    // then
    assertThat(window.pixelAccuracy()).isEqualTo(1);
    assertThat(window.meanIou()).isEqualTo(1);
  }

  private static MaskTruth.Evaluation view(byte[] truth, byte[] answer) {
    return new MaskTruth.Evaluation(
        3,
        new SegmentationMask(1, truth.length, truth),
        new SegmentationMask(1, answer.length, answer),
        1);
  }
}
