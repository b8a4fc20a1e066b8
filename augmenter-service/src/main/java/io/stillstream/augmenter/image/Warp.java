package io.stillstream.augmenter.image;

import io.stillstream.augmenter.policy.Affine;
import io.stillstream.augmenter.policy.Frame;
import java.util.Arrays;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * Renders frames of an image with one bilinear interpolation. Where a frame shows the image at less
 * than half its size, the image is first averaged down by the whole factor (else most pixels would
 * be skipped). Outside of the image is 0; when nothing is enlarged, 0 takes part in the
 * interpolation along the edge, as in torchvision and OpenCV, and when something is, the outermost
 * pixels reach to the edge, as a resize does. For one thread.
 */
final class Warp implements AutoCloseable {
  /**
   * Below this many image pixels per view pixel it counts as enlarging; rotations miss 1 by
   * rounding.
   */
  private static final double ENLARGING = 1 - 1e-6;

  private final DoublePointer coefficients = new DoublePointer(6);
  private final Mat matrix = new Mat(2, 3, opencv_core.CV_64FC1, coefficients);
  private final Scalar black = new Scalar(0, 0, 0, 0);
  private final Size size = new Size();
  private final Mat shrunken = new Mat();
  private final Mat result = new Mat();
  private int shrunkenX = 1;
  private int shrunkenY = 1;

  /** Forgets what was derived from the image before; to be called when it changes. */
  void imageChanged() {
    shrunkenX = 1;
    shrunkenY = 1;
  }

  /**
   * Renders one frame.
   *
   * @param image 8 bits per channel
   * @return pixels of shape [height, width, channels], as many channels as the image has
   */
  byte[] render(Mat image, Frame frame) {
    Affine map = frame.toImage();
    double perX = Math.hypot(map.xx(), map.xy());
    double perY = Math.hypot(map.yx(), map.yy());
    int factorX = (int) Math.max(1, Math.floor(perX));
    int factorY = (int) Math.max(1, Math.floor(perY));
    Mat source = image;
    if (factorX > 1 || factorY > 1) {
      source = shrink(image, factorX, factorY);
      double scaleX = (double) source.cols() / image.cols();
      double scaleY = (double) source.rows() / image.rows();
      map = Affine.scaling(scaleX, scaleY).after(map);
    }
    int height = frame.size().height();
    int width = frame.size().width();
    if (map.equals(Affine.IDENTITY) && source.rows() == height && source.cols() == width) {
      return bytes(source);
    }
    boolean enlarging = perX < ENLARGING || perY < ENLARGING;
    warp(source, map, height, width, enlarging);
    byte[] pixels = bytes(result);
    if (enlarging) {
      blacken(pixels, map, height, width, source);
    }
    return pixels;
  }

  private Mat shrink(Mat image, int factorX, int factorY) {
    if (factorX != shrunkenX || factorY != shrunkenY) {
      size.width(Math.max(1, Math.round((float) image.cols() / factorX)));
      size.height(Math.max(1, Math.round((float) image.rows() / factorY)));
      opencv_imgproc.resize(image, shrunken, size, 0, 0, opencv_imgproc.INTER_AREA);
      shrunkenX = factorX;
      shrunkenY = factorY;
    }
    return shrunken;
  }

  private void warp(Mat source, Affine map, int height, int width, boolean enlarging) {
    // OpenCV counts from pixel centres: shift by half a pixel before and after.
    coefficients.put(0, map.xx());
    coefficients.put(1, map.xy());
    coefficients.put(2, map.x0() + (map.xx() + map.xy() - 1) / 2);
    coefficients.put(3, map.yx());
    coefficients.put(4, map.yy());
    coefficients.put(5, map.y0() + (map.yx() + map.yy() - 1) / 2);
    size.width(width);
    size.height(height);
    opencv_imgproc.warpAffine(
        source,
        result,
        matrix,
        size,
        opencv_imgproc.INTER_LINEAR | opencv_imgproc.WARP_INVERSE_MAP,
        enlarging ? opencv_core.BORDER_REPLICATE : opencv_core.BORDER_CONSTANT,
        black);
  }

  /** Sets the pixels to 0 whose centre lies outside of the image. */
  private static void blacken(byte[] pixels, Affine map, int height, int width, Mat source) {
    int channels = source.channels();
    for (int row = 0, at = 0; row < height; row++) {
      for (int column = 0; column < width; column++, at += channels) {
        double x = map.xx() * (column + 0.5) + map.xy() * (row + 0.5) + map.x0();
        double y = map.yx() * (column + 0.5) + map.yy() * (row + 0.5) + map.y0();
        if (x < 0 || y < 0 || x > source.cols() || y > source.rows()) {
          Arrays.fill(pixels, at, at + channels, (byte) 0);
        }
      }
    }
  }

  private static byte[] bytes(Mat image) {
    byte[] bytes = new byte[Math.toIntExact(image.total() * image.elemSize())];
    image.data().get(bytes);
    return bytes;
  }

  @Override
  public void close() {
    result.close();
    shrunken.close();
    size.close();
    black.close();
    matrix.close();
    coefficients.close();
  }
}
