package io.stillstream.augmenter.image.warp;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.geometry.ProjectiveTransform;
import io.stillstream.augmenter.geometry.ViewTransform;

/**
 * The rectangle of image pixels that the interpolation of a frame may read; at least one pixel.
 *
 * @param left first column
 * @param top first row
 * @param width columns
 * @param height rows
 * @param reachesBehind whether part of the frame lies behind the viewer
 */
record SourceWindow(int left, int top, int width, int height, boolean reachesBehind) {
  /** Interpolation reads adjacent pixels, and OpenCV rounds coordinates; pixels. */
  private static final int MARGIN = 2;

  static SourceWindow of(ViewTransform frame) {
    ProjectiveTransform map = frame.toImage();
    ImageSize image = frame.image();
    double[] xs = {0, frame.size().width(), 0, frame.size().width()};
    double[] ys = {0, 0, frame.size().height(), frame.size().height()};
    double minX = Double.POSITIVE_INFINITY;
    double minY = Double.POSITIVE_INFINITY;
    double maxX = Double.NEGATIVE_INFINITY;
    double maxY = Double.NEGATIVE_INFINITY;
    boolean behind = false;
    for (int corner = 0; corner < 4; corner++) {
      behind |= map.divisor(xs[corner], ys[corner]) <= 0;
      double x = map.x(xs[corner], ys[corner]);
      double y = map.y(xs[corner], ys[corner]);
      minX = Math.min(minX, x);
      minY = Math.min(minY, y);
      maxX = Math.max(maxX, x);
      maxY = Math.max(maxY, y);
    }
    // Mirrored borders need the far side too, and the horizon of a perspective shows everything.
    if (behind || frame.border().isMirrored()) {
      return new SourceWindow(0, 0, image.width(), image.height(), behind);
    }
    int left = within(Math.floor(minX) - MARGIN, 0, image.width() - 1);
    int top = within(Math.floor(minY) - MARGIN, 0, image.height() - 1);
    int right = within(Math.ceil(maxX) + MARGIN, left + 1, image.width());
    int bottom = within(Math.ceil(maxY) + MARGIN, top + 1, image.height());
    return new SourceWindow(left, top, right - left, bottom - top, false);
  }

  private static int within(double value, int least, int most) {
    return (int) Math.max(least, Math.min(most, value));
  }
}
