package io.stillstream.schemas.image;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_COLOR;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_COLOR_RGB;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_GRAYSCALE;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_IGNORE_ORIENTATION;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMWRITE_JPEG_QUALITY;

import io.stillstream.schemas.image.InvalidImageException.Reason;
import io.stillstream.schemas.image.PixelResizer.ResizeMode;
import java.nio.ByteBuffer;
import java.util.function.Function;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * PNG and JPEG through OpenCV. Native memory is freed before a method returns. Channels are swapped
 * here: OpenCV's order is BGR, ours RGB.
 */
final class OpenCvCodec {
  static {
    // The services have threads of their own; OpenCV's own threads would compete with them.
    opencv_core.setNumThreads(1);
  }

  private OpenCvCodec() {}

  /** Decodes a file whose header has been checked against the shape. */
  static byte[] decode(ImageFileHeader header, byte[] file, int height, int width, int channels) {
    // The record defines the orientation of the pixels; an EXIF orientation must not change it.
    int flags = (channels == 1 ? IMREAD_GRAYSCALE : IMREAD_COLOR) | IMREAD_IGNORE_ORIENTATION;
    return decoded(
        header,
        file,
        flags,
        image -> {
          if (image.rows() != height || image.cols() != width || image.channels() != channels) {
            throw new InvalidImageException(
                Reason.MISMATCH,
                "decoded %d x %d x %d, the record says %d x %d x %d"
                    .formatted(
                        image.rows(), image.cols(), image.channels(), height, width, channels));
          }
          byte[] pixels = new byte[height * width * channels];
          // The pointer belongs to the Mat.
          image.data().get(pixels);
          swapColours(pixels, channels);
          return pixels;
        });
  }

  /**
   * Decodes a file whose header has been checked against a limit, and stretches it. The orientation
   * that the file names is applied, alpha is dropped.
   */
  static byte[] decodeResized(
      ImageFileHeader header, byte[] file, int height, int width, int channels) {
    int flags = channels == 1 ? IMREAD_GRAYSCALE : IMREAD_COLOR_RGB;
    return decoded(
        header,
        file,
        flags,
        image -> PixelResizer.resize(image, height, width, channels, ResizeMode.STRETCH));
  }

  /**
   * What is made of a decoded image.
   *
   * @param header of the file, within the limits
   * @param flags of {@code imread}
   * @throws InvalidImageException if it cannot be decoded
   */
  static byte[] decoded(
      ImageFileHeader header, byte[] file, int flags, Function<Mat, byte[]> result) {
    ByteBuffer still = header.firstFrame(ByteBuffer.wrap(file));
    try (BytePointer bytes = new BytePointer(still.array());
        Mat encoded = new Mat(1, still.remaining(), CV_8UC(1), bytes);
        Mat image = opencv_imgcodecs.imdecode(encoded, flags)) {
      if (image.empty()) {
        throw new InvalidImageException(
            Reason.UNDECODABLE, "file is truncated or corrupt: nothing could be decoded");
      }
      return result.apply(image);
    } catch (RuntimeException e) {
      throw e instanceof InvalidImageException known
          ? known
          : new InvalidImageException(Reason.UNDECODABLE, "file is corrupt: OpenCV refused it", e);
    }
  }

  static byte[] encodePng(int height, int width, int channels, byte[] hwc) {
    try (IntPointer none = new IntPointer()) {
      return encode(".png", height, width, channels, hwc, none);
    }
  }

  static byte[] encodeJpeg(int height, int width, int channels, byte[] hwc, int quality) {
    try (IntPointer parameters = new IntPointer(IMWRITE_JPEG_QUALITY, quality)) {
      return encode(".jpg", height, width, channels, hwc, parameters);
    }
  }

  private static byte[] encode(
      String extension, int height, int width, int channels, byte[] hwc, IntPointer parameters) {
    byte[] pixels = channels == 1 ? hwc : hwc.clone();
    swapColours(pixels, channels);
    try (BytePointer bytes = new BytePointer(pixels);
        Mat image = new Mat(height, width, CV_8UC(channels), bytes);
        BytePointer file = new BytePointer()) {
      if (!opencv_imgcodecs.imencode(extension, image, file, parameters)) {
        throw new IllegalStateException("OpenCV could not encode " + extension);
      }
      byte[] encoded = new byte[(int) file.limit()];
      file.get(encoded);
      return encoded;
    }
  }

  static void swapColours(byte[] pixels, int channels) {
    if (channels == 3) {
      for (int i = 0; i < pixels.length; i += 3) {
        byte first = pixels[i];
        pixels[i] = pixels[i + 2];
        pixels[i + 2] = first;
      }
    }
  }
}
