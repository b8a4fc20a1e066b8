package io.stillstream.augmenter.image.warp;

import io.stillstream.augmenter.geometry.BorderMode;
import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.geometry.ProjectiveTransform;
import io.stillstream.augmenter.geometry.ViewTransform;

/**
 * Bilinear interpolation of affine maps in Java. For small images a call of OpenCV costs more than
 * the pixels do. Coordinates are rounded to 1/64 pixel (OpenCV: 1/32), weights are exact. For one
 * thread.
 */
final class SmallImageWarper {
  /** Longest side of image and view, pixels; beyond it OpenCV is as fast (measured, RGB). */
  static final int MAX_SIDE = 32;

  private static final int UNIT_BITS = 6;
  private static final int UNIT = 1 << UNIT_BITS;
  private static final int MASK = UNIT - 1;

  /** Bits behind the point of coordinates, before they are rounded to units. */
  private static final int FRACTION_BITS = 20;

  private static final int TO_UNITS = FRACTION_BITS - UNIT_BITS;
  private static final int HALF_UNIT = 1 << (TO_UNITS - 1);

  /** Coordinates beyond it are as far outside as it; steps across a view stay within an int. */
  private static final double FAR = 1 << 10;

  private final PaddedImage repeated = new PaddedImage();
  private final PaddedImage filled = new PaddedImage();

  /** Forgets the image; to be called when it changes. */
  void imageChanged() {
    repeated.clear();
    filled.clear();
  }

  /** Whether the sizes are such that it is faster. */
  static boolean supports(ImageSize image, ImageSize view) {
    return image.height() <= MAX_SIDE
        && image.width() <= MAX_SIDE
        && view.height() <= MAX_SIDE
        && view.width() <= MAX_SIDE;
  }

  /**
   * Renders one frame.
   *
   * @param image shape [height, width, channels] of the frame's image
   * @param channels 1 or 3
   * @param frame affine, not enlarged or reduced twofold, with a border that is neither reflected
   *     nor symmetric
   * @return shape [height, width, channels] of the view
   */
  byte[] render(byte[] image, int channels, ViewTransform frame) {
    ImageSize size = frame.size();
    byte[] view = new byte[Math.toIntExact(size.pixels() * channels)];
    boolean constant = frame.border() == BorderMode.CONSTANT;
    PaddedImage source = constant ? filled : repeated;
    source.load(image, frame.image(), channels, constant ? frame.fill() : PaddedImage.REPEAT);
    ProjectiveTransform map = frame.toImage();
    double x = map.x0() + (map.xx() + map.xy() - 1) / 2;
    double y = map.y0() + (map.yx() + map.yy() - 1) / 2;
    for (int row = 0; row < size.height(); row++) {
      int u = fixed(x + map.xy() * row) + HALF_UNIT;
      int v = fixed(y + map.yy() * row) + HALF_UNIT;
      if (channels == 1) {
        grey(source, view, row * size.width(), size.width(), u, v, map);
      } else {
        colour(source, view, row * size.width(), size.width(), u, v, map);
      }
    }
    return view;
  }

  private static int fixed(double coordinate) {
    return (int) Math.rint(Math.max(-FAR, Math.min(FAR, coordinate)) * (1 << FRACTION_BITS));
  }

  private static void grey(
      PaddedImage source,
      byte[] view,
      int at,
      int width,
      int startX,
      int startY,
      ProjectiveTransform map) {
    int stepX = fixed(map.xx());
    int stepY = fixed(map.yx());
    int[] pairs = source.pairs();
    int stride = source.stride();
    int lastX = source.width() << UNIT_BITS;
    int lastY = source.height() << UNIT_BITS;
    int u = startX;
    int v = startY;
    for (int i = at; i < at + width; i++, u += stepX, v += stepY) {
      int x = Math.max(-UNIT, Math.min(lastX, u >> TO_UNITS));
      int y = Math.max(-UNIT, Math.min(lastY, v >> TO_UNITS));
      int corner = ((y >> UNIT_BITS) + 1) * stride + (x >> UNIT_BITS) + 1;
      int right = x & MASK;
      int low = y & MASK;
      // Both rows at once, 16 bits each.
      int rows = pairs[corner] * (UNIT - right) + pairs[corner + 1] * right;
      int sum = (rows & 0xFFFF) * (UNIT - low) + (rows >>> 16) * low;
      view[i] = (byte) ((sum + UNIT * UNIT / 2) >>> (2 * UNIT_BITS));
    }
  }

  private static void colour(
      PaddedImage source,
      byte[] view,
      int at,
      int width,
      int startX,
      int startY,
      ProjectiveTransform map) {
    int stepX = fixed(map.xx());
    int stepY = fixed(map.yx());
    long[] pixels = source.pixels();
    int stride = source.stride();
    int lastX = source.width() << UNIT_BITS;
    int lastY = source.height() << UNIT_BITS;
    int u = startX;
    int v = startY;
    for (int i = 3 * at; i < 3 * (at + width); i += 3, u += stepX, v += stepY) {
      int x = Math.max(-UNIT, Math.min(lastX, u >> TO_UNITS));
      int y = Math.max(-UNIT, Math.min(lastY, v >> TO_UNITS));
      int corner = ((y >> UNIT_BITS) + 1) * stride + (x >> UNIT_BITS) + 1;
      int below = corner + stride;
      long right = x & MASK;
      long low = y & MASK;
      // Three channels at once, 21 bits each; none overflows, since 255 · 64² is below 2^20.
      long top = pixels[corner] * (UNIT - right) + pixels[corner + 1] * right;
      long bottom = pixels[below] * (UNIT - right) + pixels[below + 1] * right;
      long sum = top * (UNIT - low) + bottom * low + PaddedImage.lanes(UNIT * UNIT / 2);
      view[i] = (byte) (sum >>> (2 * UNIT_BITS));
      view[i + 1] = (byte) (sum >>> (2 * UNIT_BITS + PaddedImage.LANE_BITS));
      view[i + 2] = (byte) (sum >>> (2 * UNIT_BITS + 2 * PaddedImage.LANE_BITS));
    }
  }
}
