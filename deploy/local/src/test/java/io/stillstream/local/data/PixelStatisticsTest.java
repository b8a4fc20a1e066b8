package io.stillstream.local.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PixelStatisticsTest {
  @Test
  void shouldTellMeanAndDeviationOfEachChannel() {
    // given
    PixelStatistics statistics = new PixelStatistics(3);
    // when: two images, of one pixel and of three
    statistics.add(new byte[] {0, 10, (byte) 255});
    statistics.add(new byte[] {(byte) 255, 20, (byte) 255, 0, 30, (byte) 255, 0, 40, (byte) 255});
    // then: 255/4, 25, 255; and the roots of 255² × 3/16, 125, 0
    assertThat(statistics.mean(0)).isEqualByComparingTo("0.25");
    assertThat(statistics.std(0)).isEqualByComparingTo("0.433013");
    assertThat(statistics.mean(1)).isEqualByComparingTo("0.098039");
    assertThat(statistics.std(1)).isEqualByComparingTo("0.043844");
    assertThat(statistics.mean(2)).isEqualByComparingTo("1");
    assertThat(statistics.std(2)).isEqualByComparingTo("0");
  }

  @Test
  void shouldNotLoseASmallDeviationInManyPixels() {
    // given: where squares are summed in floating point, the difference of two large sums is left
    PixelStatistics statistics = new PixelStatistics(1);
    byte[] image = new byte[1_000_000];
    Arrays.fill(image, (byte) 254);
    // when
    for (int i = 0; i < 20; i++) {
      image[0] = (byte) (i == 0 ? 255 : 254);
      statistics.add(image);
    }
    // then: one pixel in 20 million is one level off, 1 / √20,000,000 / 255
    assertThat(statistics.std(0)).isEqualByComparingTo("0.000001");
    assertThat(statistics.mean(0)).isEqualByComparingTo("0.996078");
  }
}
