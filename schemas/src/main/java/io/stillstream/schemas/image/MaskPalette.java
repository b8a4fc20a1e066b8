package io.stillstream.schemas.image;

import io.stillstream.schemas.answer.SegmentationMask;

/** The colour of each class in pictures of masks. Class 0 is black, usually the background. */
final class MaskPalette {
  private static final byte[][] COLOURS = colours();

  private MaskPalette() {}

  /** Red, green and blue of a class, 0 to 255; {@link SegmentationMask#IGNORE} is light grey. */
  static byte[] colour(int id) {
    return COLOURS[id];
  }

  /** Hues a golden angle apart: neighbours in number are far apart in colour. */
  private static byte[][] colours() {
    byte[][] colours = new byte[SegmentationMask.IGNORE + 1][];
    colours[0] = new byte[3];
    for (int id = 1; id < SegmentationMask.IGNORE; id++) {
      double hue = (id - 1) * 0.381_966_011_250_105 % 1;
      double value = 0.95 - 0.25 * ((id - 1) / 10 % 3);
      colours[id] = rgb(hue, value);
    }
    colours[SegmentationMask.IGNORE] = new byte[] {(byte) 200, (byte) 200, (byte) 200};
    return colours;
  }

  private static byte[] rgb(double hue, double value) {
    byte[] rgb = new byte[3];
    for (int channel = 0; channel < 3; channel++) {
      // Distance on the circle of hues from red, green or blue; saturation is 0.75.
      double distance = Math.abs((hue + 1.5 - channel / 3.0) % 1 - 0.5);
      double share = Math.min(1, Math.max(0, 2 - 6 * distance));
      rgb[channel] = (byte) Math.round(255 * value * (0.25 + 0.75 * share));
    }
    return rgb;
  }
}
