package io.stillstream.schemas.image;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * Brings pixels to another size and other channels: unsigned bytes {@code [H, W, C]} in and out, C
 * being 1 (grey) or 3 (RGB).
 *
 * <p>Averages (OpenCV's INTER_AREA) where neither side grows, interpolates linearly otherwise. RGB
 * becomes grey by the weights of BT.601 (0.299, 0.587, 0.114), grey becomes RGB by repetition.
 * Everything native is closed before a method returns. Thread-safe.
 */
public final class PixelResizer {
  static {
    opencv_core.setNumThreads(1);
  }

  private PixelResizer() {}

  /** What to do where the proportions differ. */
  public enum ResizeMode {
    /** The picture takes the new proportions. */
    STRETCH,
    /** It keeps its own and covers the new size; what sticks out on both sides is cut off. */
    CROP
  }

  /**
   * Brings pixels to a size.
   *
   * @param hwc of {@code height} x {@code width} x {@code channels}; it is left as it is, and
   *     returned if there is nothing to do
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
   * native already; it stays its owner's.
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
      // Grey costs a third: it becomes so before, and stops being so after.
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

  /** The largest part in the middle that has the proportions of the target, to a pixel. */
  private static Rect centre(int height, int width, int toHeight, int toWidth) {
    int partHeight =
        (int) Math.min(height, Math.max(1, Math.round((double) width * toHeight / toWidth)));
    int partWidth =
        (int) Math.min(width, Math.max(1, Math.round((double) height * toWidth / toHeight)));
    return new Rect((width - partWidth) / 2, (height - partHeight) / 2, partWidth, partHeight);
  }
}
