package io.stillstream.local.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class PixelDifferenceTest {
  @Test
  void shouldFindNoneBetweenEqualImages() {
    assertThat(PixelDifference.between(new byte[12], new byte[12])).isEmpty();
  }

  @Test
  void shouldTellThePlaceTheValuesAndHowMuch() {
    // given: 2 x 2 x 3
    byte[] recorded = new byte[12];
    byte[] replayed = new byte[12];
    recorded[10] = (byte) 255;
    replayed[10] = 5;
    replayed[11] = 2;

    // when
    PixelDifference difference = PixelDifference.between(recorded, replayed).orElseThrow();

    // then
    assertThat(difference).isEqualTo(new PixelDifference(12, 2, 10, 255, 5, 250, 21.0));
    assertThat(difference.text(2, 3))
        .isEqualTo(
            "2 of 12 values differ, the first at row 1, column 1, channel 1 (recorded 255, replayed"
                + " 5); by 250 at most, 21.0000 on average");
  }

  @Test
  void shouldRefuseImagesOfDifferentShape() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PixelDifference.between(new byte[3], new byte[4]));
  }
}
