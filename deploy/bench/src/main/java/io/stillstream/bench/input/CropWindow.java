package io.stillstream.bench.input;

import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * A part of an image, pixels.
 *
 * @param top first row
 * @param left first column
 * @param height rows, at least 1
 * @param width columns, at least 1
 */
record CropWindow(int top, int left, int height, int width) {
  private static final int PLACES = 5;

  /** The largest window of 4 : 3 in the middle of an image. */
  static CropWindow largest(int rows, int columns) {
    int width = Math.min(columns, rows * 4 / 3);
    int height = Math.min(rows, columns * 3 / 4);
    return new CropWindow((rows - height) / 2, (columns - width) / 2, height, width);
  }

  /**
   * The n-th of a series of windows within this one, all of its shape: itself, then smaller and
   * smaller ones in the corners and in the middle, none below the given width.
   */
  CropWindow part(int n, int leastWidth) {
    double share = Math.max(1.0 / (1 + (n + PLACES - 1) / PLACES), (double) leastWidth / width);
    int h = (int) (height * share);
    int w = (int) (width * share);
    int downBy = height - h;
    int rightBy = width - w;
    return switch (n % PLACES) {
      case 1 -> new CropWindow(top, left, h, w);
      case 2 -> new CropWindow(top, left + rightBy, h, w);
      case 3 -> new CropWindow(top + downBy, left, h, w);
      case 4 -> new CropWindow(top + downBy, left + rightBy, h, w);
      default -> new CropWindow(top + downBy / 2, left + rightBy / 2, h, w);
    };
  }

  /** What the window shows of an image, resized; to be closed. */
  Mat cut(Mat image, int toHeight, int toWidth) {
    int interpolation = toWidth < width ? opencv_imgproc.INTER_AREA : opencv_imgproc.INTER_CUBIC;
    Mat result = new Mat();
    try (Rect rect = new Rect(left, top, width, height);
        Mat part = new Mat(image, rect);
        Size size = new Size(toWidth, toHeight)) {
      opencv_imgproc.resize(part, result, size, 0, 0, interpolation);
    }
    return result;
  }
}
