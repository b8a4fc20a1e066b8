package io.stillstream.augmenter.image.warp;

import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;

/** Brings images to smaller sizes: each pixel becomes the average of the area that it covers. */
final class AreaDownsampler {
  private AreaDownsampler() {}

  /**
   * Averages down as OpenCV's {@code INTER_AREA} does, within a level or two, and faster: by halves
   * first where both sides shrink by even whole factors (averages of averages are the same but for
   * rounding), else rows first, see {@link RowDownsampler}, which leaves little for OpenCV to do.
   *
   * @param image 8 bits per channel
   * @param target gets the result; another Mat than the image
   * @param size at most that of the image, pixels
   */
  static void downsample(Mat image, Mat target, Size size) {
    boolean halves =
        image.rows() % (2 * size.height()) == 0 && image.cols() % (2 * size.width()) == 0;
    boolean atOnce =
        halves && image.rows() == 2 * size.height() && image.cols() == 2 * size.width();
    if (atOnce || (!halves && !RowDownsampler.supports(image, size.height()))) {
      opencv_imgproc.resize(image, target, size, 0, 0, opencv_imgproc.INTER_AREA);
      return;
    }
    try (Mat less = new Mat()) {
      if (halves) {
        try (Size half = new Size(image.cols() / 2, image.rows() / 2)) {
          opencv_imgproc.resize(image, less, half, 0, 0, opencv_imgproc.INTER_AREA);
        }
        downsample(less, target, size);
      } else {
        RowDownsampler.downsample(image, less, size.height());
        opencv_imgproc.resize(less, target, size, 0, 0, opencv_imgproc.INTER_AREA);
      }
    }
  }
}
