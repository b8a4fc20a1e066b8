package io.stillstream.augmenter.image.pixel;

import io.stillstream.augmenter.image.buffer.HeapPixelBuffer;
import java.util.Arrays;
import org.bytedeco.opencv.opencv_core.Mat;

/** Counts the levels of each channel. For one thread. */
final class ChannelHistogram {
  /**
   * Counters that take turns: six pixels of one channel, or two of three. Adjacent pixels are often
   * equal, and adding to the same counter twice in a row has to wait for memory.
   */
  private static final int TURNS = 6;

  private final HeapPixelBuffer pixels = new HeapPixelBuffer();
  private final int[][] counters = new int[TURNS][256];

  /**
   * Counts.
   *
   * @param image 8 bits per channel, 1 or 3 channels
   * @return number of pixels by channel and level, valid until the next call
   */
  int[][] of(Mat image) {
    int length = HeapPixelBuffer.length(image);
    count(pixels.read(image), length);
    int channels = image.channels();
    for (int turn = channels; turn < TURNS; turn++) {
      int[] sum = counters[turn % channels];
      for (int level = 0; level < sum.length; level++) {
        sum[level] += counters[turn][level];
      }
    }
    return counters;
  }

  private void count(byte[] bytes, int length) {
    for (int[] counter : counters) {
      Arrays.fill(counter, 0);
    }
    int[] a = counters[0];
    int[] b = counters[1];
    int[] c = counters[2];
    int[] d = counters[3];
    int[] e = counters[4];
    int[] f = counters[5];
    int i = 0;
    for (; i + TURNS <= length; i += TURNS) {
      a[bytes[i] & 0xFF]++;
      b[bytes[i + 1] & 0xFF]++;
      c[bytes[i + 2] & 0xFF]++;
      d[bytes[i + 3] & 0xFF]++;
      e[bytes[i + 4] & 0xFF]++;
      f[bytes[i + 5] & 0xFF]++;
    }
    for (; i < length; i++) {
      counters[i % TURNS][bytes[i] & 0xFF]++;
    }
  }

  /** Forgets memory that is larger than the limit, bytes. */
  void shrink(long limit) {
    pixels.shrink(limit);
  }
}
