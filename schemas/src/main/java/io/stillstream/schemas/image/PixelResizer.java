package io.stillstream.schemas.image;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * Resizes pixels and converts their channels: unsigned bytes {@code [H, W, C]} in and out, C being
 * 1 (grey) or 3 (RGB).
 *
 * <p>Averages (OpenCV's INTER_AREA) where neither side grows, interpolates linearly otherwise. RGB
 * becomes grey by the weights of BT.601 (0.299, 0.587, 0.114), grey becomes RGB by repetition.
 * Native memory is freed before a method returns. Thread-safe.
 */
public final class PixelResizer {
  static {
    opencv_core.setNumThreads(1);
  }

  private PixelResizer() {}

  /** How to resize if the aspect ratios differ. */
  public enum ResizeMode {
    /** Stretch to the new aspect ratio. */
    STRETCH,
    /** Keep the aspect ratio and cover the new size; the excess on both sides is cropped. */
    CROP
  }

  /**
   * Resizes pixels.
   *
   * @param hwc of {@code height} x {@code width} x {@code channels}; it is not changed, and
   *     returned itself if nothing is to be done
   * @throws InvalidImageException when one of the shapes is out of range or the array is not of the
   *     first
   */
  public static byte[] resize(
      byte[] hwc,
      int height,
      int width,
      int channels,
      int toHeight,
      int toWidth,
      int toChannels,
      ResizeMode fit) {
    PixelCodec.requireShape(hwc.length, height, width, channels);
    if (height == toHeight && width == toWidth && channels == toChannels) {
      return hwc;
    }
    try (BytePointer in = new BytePointer(hwc);
        Mat image = new Mat(height, width, CV_8UC(channels), in)) {
      return resize(image, toHeight, toWidth, toChannels, fit);
    }
  }

  /**
   * The same for an image of 1 (grey), 3 (RGB) or 4 (RGBA, alpha is dropped) channels that is
   * native already; it is neither changed nor freed.
   */
  static byte[] resize(Mat image, int toHeight, int toWidth, int toChannels, ResizeMode fit) {
    byte[] result = new byte[PixelCodec.length(toHeight, toWidth, toChannels)];
    int channels = image.channels();
    try (Rect part =
            fit == ResizeMode.CROP
                ? centre(image.rows(), image.cols(), toHeight, toWidth)
                : whole(image);
        Mat window = new Mat(image, part);
        Mat fewer = new Mat();
        Mat sized = new Mat();
        Mat more = new Mat();
        Size size = new Size(toWidth, toHeight)) {
      // Grey costs a third, so conversion to grey comes first, and conversion to RGB last.
      boolean loses = channels > toChannels;
      if (loses) {
        opencv_imgproc.cvtColor(window, fewer, losing(channels, toChannels));
      }
      boolean shrinks = toHeight <= part.height() && toWidth <= part.width();
      opencv_imgproc.resize(
          loses ? fewer : window,
          sized,
          size,
          0,
          0,
          shrinks ? opencv_imgproc.INTER_AREA : opencv_imgproc.INTER_LINEAR);
      boolean gains = channels < toChannels;
      if (gains) {
        opencv_imgproc.cvtColor(sized, more, opencv_imgproc.COLOR_GRAY2RGB);
      }
      // The pointer belongs to the Mat.
      (gains ? more : sized).data().get(result);
      return result;
    }
  }

  private static int losing(int channels, int toChannels) {
    if (channels == 3) {
      return opencv_imgproc.COLOR_RGB2GRAY;
    }
    return toChannels == 3 ? opencv_imgproc.COLOR_RGBA2RGB : opencv_imgproc.COLOR_RGBA2GRAY;
  }

  private static Rect whole(Mat image) {
    return new Rect(0, 0, image.cols(), image.rows());
  }

  /** The largest part in the middle with the aspect ratio of the target, to a pixel. */
  private static Rect centre(int height, int width, int toHeight, int toWidth) {
    int partHeight =
        (int) Math.min(height, Math.max(1, Math.round((double) width * toHeight / toWidth)));
    int partWidth =
        (int) Math.min(width, Math.max(1, Math.round((double) height * toWidth / toHeight)));
    return new Rect((width - partWidth) / 2, (height - partHeight) / 2, partWidth, partHeight);
  }
}
