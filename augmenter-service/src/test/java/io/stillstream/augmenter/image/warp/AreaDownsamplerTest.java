package io.stillstream.augmenter.image.warp;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.augmenter.image.buffer.NativeBuffer;
import java.util.Arrays;
import java.util.Random;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Size;
import org.junit.jupiter.api.Test;

final class AreaDownsamplerTest {
  private final Random random = new Random(7);

  @Test
  void shouldAverageAsOpenCvDoes() {
    for (int i = 0; i < 300; i++) {
      // given: noise, whose averages tell every weight
      int channels = random.nextBoolean() ? 1 : 3;
      int height = 1 + random.nextInt(20);
      int width = 1 + random.nextInt(20);
      int rows = height + random.nextInt(9 * height);
      int columns = width + random.nextInt(9 * width);

      // then
      assertThat(largestDifference(rows, columns, channels, height, width, false))
          .as("%d × %d × %d to %d × %d", rows, columns, channels, height, width)
          .isLessThanOrEqualTo(2);
    }
  }

  @Test
  void shouldAverageByWholeFactors() {
    for (int factor : new int[] {1, 2, 3, 4, 6, 8, 16}) {
      assertThat(largestDifference(12 * factor, 9 * factor, 3, 12, 9, false))
          .isLessThanOrEqualTo(2);
    }
  }

  @Test
  void shouldKeepLevelsWhereTheImageIsPlain() {
    assertThat(largestDifference(100, 90, 3, 31, 29, true)).isZero();
  }

  /** Of the window of a larger image, whose rows do not follow each other in memory. */
  private int largestDifference(
      int rows, int columns, int channels, int height, int width, boolean plain) {
    byte[] pixels = new byte[(rows + 3) * (columns + 5) * channels];
    if (plain) {
      Arrays.fill(pixels, (byte) 255);
    } else {
      random.nextBytes(pixels);
    }
    try (Mat whole = new Mat(rows + 3, columns + 5, opencv_core.CV_8UC(channels));
        Rect rectangle = new Rect(2, 1, columns, rows);
        Size size = new Size(width, height);
        Mat expected = new Mat();
        Mat actual = new Mat()) {
      whole.data().put(pixels);
      try (Mat window = whole.apply(rectangle)) {
        opencv_imgproc.resize(window, expected, size, 0, 0, opencv_imgproc.INTER_AREA);
        AreaDownsampler.downsample(window, actual, size);
      }
      byte[] one = NativeBuffer.copy(expected);
      byte[] other = NativeBuffer.copy(actual);
      assertThat(other).hasSameSizeAs(one);
      int largest = 0;
      for (int i = 0; i < one.length; i++) {
        largest =
            Math.max(largest, Math.abs(Byte.toUnsignedInt(one[i]) - Byte.toUnsignedInt(other[i])));
      }
      return largest;
    }
  }
}
