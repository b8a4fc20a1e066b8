package io.stillstream.augmenter.image.warp;

/**
 * One axis of a view that shows a part of the image, enlarged or reduced, but not rotated: of the
 * {@code pixels} that the whole image pixels {@code from … from + length − 1} become, it shows
 * those from {@code before} to {@code before + view − 1}.
 *
 * <p>A view whose bounds fall between image pixels is continued on both sides to where they do not:
 * a cut through a resized image is so made by resizing and cutting.
 *
 * @param from first pixel of the image; may lie outside of it
 * @param length pixels of the image, at least 1
 * @param pixels what they become, at least 1
 * @param before how many of these the view leaves out at the start
 * @param view how many it shows
 * @param flipped whether the view is mirrored along the axis
 */
record AxisMapping(int from, int length, int pixels, int before, int view, boolean flipped) {
  private static final double ROUNDING = 1e-6;
  private static final double FAR = 1 << 30;

  /**
   * The mapping of an axis.
   *
   * @param scale pixels of the image per pixel of the view; negative where flipped
   * @param start where in the image the view begins
   * @param view pixels of the view
   * @return null if it matches no whole image pixels
   */
  static AxisMapping of(double scale, double start, int view) {
    double step = Math.abs(scale);
    boolean flipped = scale < 0;
    double low = flipped ? start - step * view : start;
    double high = flipped ? start : start + step * view;
    if (!(step > 0 && Math.abs(low) < FAR && Math.abs(high) < FAR)) {
      return null;
    }
    int below = toWhole(low, -step, view);
    int above = toWhole(high, step, view);
    if (below < 0 || above < 0) {
      return null;
    }
    int from = (int) Math.rint(low - below * step);
    int length = (int) Math.rint(high + above * step) - from;
    return length < 1
        ? null
        : new AxisMapping(from, length, below + view + above, below, view, flipped);
  }

  /** How many steps lead from a place to a whole number; −1 if more than a limit. */
  private static int toWhole(double place, double step, int limit) {
    for (int steps = 0; steps <= limit; steps++) {
      double at = place + steps * step;
      if (Math.abs(at - Math.rint(at)) < ROUNDING) {
        return steps;
      }
    }
    return -1;
  }

  /**
   * The image pixel behind every pixel of a copy.
   *
   * @param side pixels of the image
   * @param bounded whether there is none outside, −1; else the outermost pixels go on
   */
  int[] sources(int side, boolean bounded) {
    int[] sources = new int[view];
    for (int i = 0; i < view; i++) {
      int source = flipped ? from + length - 1 - i : from + i;
      int inside = Math.max(0, Math.min(side - 1, source));
      sources[i] = bounded && inside != source ? -1 : inside;
    }
    return sources;
  }

  /** Whether it lies within an image of this many pixels. */
  boolean isWithin(int side) {
    return from >= 0 && from + length <= side;
  }

  /** Whether every view pixel is an image pixel. */
  boolean isCopy() {
    return length == pixels;
  }

  /** Pixels of the image per pixel of the view. */
  double reduction() {
    return (double) length / pixels;
  }
}
