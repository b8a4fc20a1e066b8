package io.stillstream.augmenter.image.decode;

import java.awt.image.BufferedImage;
import java.util.function.IntBinaryOperator;

/**
 * The picture that all sample files show: a gradient that every encoder keeps, and that has no
 * symmetry. The script beside the binary samples draws the same one.
 */
final class SampleImage {
  static final int HEIGHT = 45;
  static final int WIDTH = 67;

  private SampleImage() {}

  /** The colour at a row and a column, 0xRRGGBB. */
  static int rgb(int y, int x) {
    return (20 + 3 * x) << 16 | (10 + 5 * y) << 8 | (230 - 2 * x - y);
  }

  /** The picture in RGB. */
  static BufferedImage image() {
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_3BYTE_BGR);
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        image.setRGB(x, y, rgb(y, x));
      }
    }
    return image;
  }

  /** Bytes [height, width, 3] of colours 0xRRGGBB given by row and column. */
  static byte[] pixels(IntBinaryOperator colour) {
    byte[] pixels = new byte[HEIGHT * WIDTH * 3];
    int at = 0;
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        int rgb = colour.applyAsInt(y, x);
        pixels[at++] = (byte) (rgb >> 16);
        pixels[at++] = (byte) (rgb >> 8);
        pixels[at++] = (byte) rgb;
      }
    }
    return pixels;
  }
}
