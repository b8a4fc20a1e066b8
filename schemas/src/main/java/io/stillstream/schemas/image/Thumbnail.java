package io.stillstream.schemas.image;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_COLOR;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_REDUCED_COLOR_2;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_REDUCED_COLOR_4;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_REDUCED_COLOR_8;

import io.stillstream.schemas.image.PixelResizer.ResizeMode;
import java.nio.ByteBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Small PNG files of images of any size, for people to look at: no side is longer than asked for,
 * proportions stay, and what is small already is not enlarged. Thread-safe. What is native is
 * closed before a method returns.
 */
public final class Thumbnail {
  private Thumbnail() {}

  /**
   * Of a file of one of the {@linkplain ImageFormat formats}. The orientation that the file names
   * is applied, alpha is dropped, and of an animation the first frame counts.
   *
   * @param side longest side, at least 1
   * @param maxPixels most pixels of the image, told before anything is decoded
   * @throws InvalidImageException if it is none of them, takes too much to decode, or is damaged
   */
  public static byte[] ofFile(byte[] file, int side, long maxPixels) {
    ImageFileHeader header = ImageFileHeader.of(ByteBuffer.wrap(file));
    header.requireWithin(maxPixels);
    int flags = reduced(Math.max(header.height(), header.width()) / side);
    // OpenCV gives BGR, which no step of the resizing tells from RGB.
    return OpenCvCodec.decoded(header, file, flags, image -> png(image, side, true));
  }

  /**
   * Of bare pixels.
   *
   * @param hwc unsigned bytes {@code [height, width, channels]}
   * @param channels 1 (grey), 3 (RGB) or 4 (RGBA, alpha is dropped)
   * @throws InvalidImageException if they are too many, or the array is not of that shape
   */
  public static byte[] ofPixels(
      byte[] hwc, int height, int width, int channels, int side, long maxPixels) {
    PixelLimits.requirePixels(hwc.length, height, width, channels, maxPixels);
    try (BytePointer bytes = new BytePointer(hwc);
        Mat image = new Mat(height, width, CV_8UC(channels), bytes)) {
      return png(image, side, false);
    }
  }

  private static byte[] png(Mat image, int side, boolean bgr) {
    int longest = Math.max(image.rows(), image.cols());
    int height = fitted(image.rows(), longest, side);
    int width = fitted(image.cols(), longest, side);
    int channels = image.channels() == 1 ? 1 : 3;
    byte[] pixels = PixelResizer.resize(image, height, width, channels, ResizeMode.STRETCH);
    if (bgr) {
      OpenCvCodec.swapColours(pixels, channels);
    }
    return OpenCvCodec.encodePng(height, width, channels, pixels);
  }

  private static int fitted(int length, int longest, int side) {
    return longest <= side
        ? length
        : Math.max(1, (int) Math.round((double) length * side / longest));
  }

  /** A JPEG is decoded at the smallest scale that is still large enough. */
  private static int reduced(int times) {
    if (times >= 8) {
      return IMREAD_REDUCED_COLOR_8;
    }
    if (times >= 4) {
      return IMREAD_REDUCED_COLOR_4;
    }
    return times >= 2 ? IMREAD_REDUCED_COLOR_2 : IMREAD_COLOR;
  }
}
