package io.stillstream.augmenter.image.warp;

import io.stillstream.augmenter.geometry.ImageSize;
import java.util.Arrays;

/**
 * A small image laid out for interpolation, with a margin of one pixel before and two behind, so
 * that coordinates from −1 to side need no further checks. It is used again for the next image. For
 * one thread.
 */
final class PaddedImage {
  /** Instead of a level: the margin repeats the outermost pixels. */
  static final int REPEAT = -1;

  /** Bits per channel in {@link #pixels()}. */
  static final int LANE_BITS = 21;

  private static final int NOTHING = -2;

  private int margin = NOTHING;
  private int width;
  private int height;
  private int[] pairs = {};
  private long[] pixels = {};

  /** Forgets the image. */
  void clear() {
    margin = NOTHING;
  }

  /**
   * Lays out an image, unless it is there already.
   *
   * @param image shape [height, width, channels]
   * @param channels 1 or 3
   * @param level of the margin, or {@link #REPEAT}
   */
  void load(byte[] image, ImageSize size, int channels, int level) {
    if (margin == level) {
      return;
    }
    margin = level;
    width = size.width();
    height = size.height();
    if (channels == 1) {
      loadGrey(image);
    } else {
      loadColour(image);
    }
  }

  private void loadGrey(byte[] image) {
    int stride = stride();
    if (pairs.length < stride * (height + 3)) {
      pairs = new int[stride * (height + 3)];
    }
    for (int row = -1; row < height + 2; row++) {
      int at = (row + 1) * stride;
      int from = Math.max(0, Math.min(height - 1, row)) * width;
      if (margin != REPEAT && (row < 0 || row >= height)) {
        Arrays.fill(pairs, at, at + stride, margin);
        continue;
      }
      for (int column = 0; column < width; column++) {
        pairs[at + 1 + column] = image[from + column] & 0xFF;
      }
      pairs[at] = margin == REPEAT ? image[from] & 0xFF : margin;
      pairs[at + width + 1] = margin == REPEAT ? image[from + width - 1] & 0xFF : margin;
      pairs[at + width + 2] = pairs[at + width + 1];
    }
    for (int i = 0; i < stride * (height + 2); i++) {
      pairs[i] |= pairs[i + stride] << 16;
    }
  }

  private void loadColour(byte[] image) {
    int stride = stride();
    if (pixels.length < stride * (height + 3)) {
      pixels = new long[stride * (height + 3)];
    }
    for (int row = -1; row < height + 2; row++) {
      for (int column = -1; column < width + 2; column++) {
        boolean outside = row < 0 || column < 0 || row >= height || column >= width;
        int y = Math.max(0, Math.min(height - 1, row));
        int x = Math.max(0, Math.min(width - 1, column));
        pixels[(row + 1) * stride + column + 1] =
            outside && margin != REPEAT ? lanes(margin) : colour(image, 3 * (y * width + x));
      }
    }
  }

  private static long colour(byte[] image, int at) {
    return (image[at] & 0xFFL)
        | (image[at + 1] & 0xFFL) << LANE_BITS
        | (image[at + 2] & 0xFFL) << (2 * LANE_BITS);
  }

  /** The same number in all three channels. */
  static long lanes(long level) {
    return level | level << LANE_BITS | level << (2 * LANE_BITS);
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  /** Distance of two rows in {@link #pairs()} and {@link #pixels()}. */
  int stride() {
    return width + 3;
  }

  /**
   * Grey levels, shape [height + 2, width + 3] from pixel (−1, −1) on: each with the one below it,
   * shifted by 16 bits.
   */
  int[] pairs() {
    return pairs;
  }

  /** Colours, shape [height + 3, width + 3] from pixel (−1, −1) on. */
  long[] pixels() {
    return pixels;
  }
}
