package io.stillstream.augmenter.image;

import io.stillstream.augmenter.policy.Size;
import java.nio.ByteBuffer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Brings sources into one native image with the channels that views have. Grey becomes RGB by
 * repeating it, RGB becomes grey by ITU-R BT.601 (for JPEG: its luma), alpha is dropped (as {@code
 * convert("RGB")} of Pillow does), 16 bits become 8, EXIF orientation is applied, and of animations
 * the first frame counts. For one thread.
 */
final class Decoder implements AutoCloseable {
  private final int channels;
  private final long maxPixels;
  private final NativeBytes input = new NativeBytes();
  private final Mat image = new Mat();

  /**
   * @param channels 1 (grey) or 3 (RGB): channels of the decoded image
   * @param maxPixels largest height × width that is decoded
   */
  Decoder(int channels, long maxPixels) {
    this.channels = channels;
    this.maxPixels = maxPixels;
  }

  /**
   * Decodes.
   *
   * @return the image, 8 bits per channel, owned by this decoder and good until its next call
   * @throws RejectedImageException if it cannot
   */
  Mat decode(Source source) {
    return source instanceof Source.File file
        ? decodeFile(file.bytes())
        : convert((Source.Pixels) source);
  }

  /** Frees what is larger than the limit, bytes; called between images. */
  void shrink(long limit) {
    input.shrink(limit);
    if (!image.empty() && image.total() * image.elemSize() > limit) {
      image.release();
    }
  }

  private Mat decodeFile(ByteBuffer file) {
    ImageHeader header = ImageHeader.read(file);
    checkPixels(header.size().pixels());
    int flags =
        channels == 1 ? opencv_imgcodecs.IMREAD_GRAYSCALE : opencv_imgcodecs.IMREAD_COLOR_RGB;
    try (Mat bytes = new Mat(1, file.remaining(), opencv_core.CV_8UC1, input.of(file));
        Mat result = opencv_imgcodecs.imdecode(bytes, flags, image)) {
      if (result.empty() || image.empty()) {
        throw undecodable(header, "the decoder found no image");
      }
    } catch (RejectedImageException e) {
      throw e;
    } catch (RuntimeException e) {
      // JavaCPP turns every exception of OpenCV into one of these.
      throw undecodable(header, firstLine(e.getMessage()));
    }
    return image;
  }

  private Mat convert(Source.Pixels pixels) {
    if (pixels.height() < 1 || pixels.width() < 1) {
      throw badShape("shape must be at least 1 × 1", pixels);
    }
    checkPixels((long) pixels.height() * pixels.width());
    int from = pixels.channels();
    if (from != 1 && from != 3 && from != 4) {
      throw badShape("channels must be 1, 3 or 4", pixels);
    }
    if ((long) pixels.height() * pixels.width() * from != pixels.bytes().remaining()) {
      throw badShape("shape does not match " + pixels.bytes().remaining() + " bytes", pixels);
    }
    try (Mat given =
        new Mat(
            pixels.height(), pixels.width(), opencv_core.CV_8UC(from), input.of(pixels.bytes()))) {
      if (from == channels) {
        given.copyTo(image);
      } else {
        opencv_imgproc.cvtColor(given, image, conversion(from));
      }
    }
    return image;
  }

  private int conversion(int from) {
    if (channels == 3) {
      return from == 1 ? opencv_imgproc.COLOR_GRAY2RGB : opencv_imgproc.COLOR_RGBA2RGB;
    }
    return from == 3 ? opencv_imgproc.COLOR_RGB2GRAY : opencv_imgproc.COLOR_RGBA2GRAY;
  }

  private void checkPixels(long pixels) {
    if (pixels > maxPixels) {
      throw new RejectedImageException(
          RejectionReason.TOO_MANY_PIXELS,
          pixels + " pixels, at most " + maxPixels + " are decoded");
    }
  }

  private static RejectedImageException badShape(String rule, Source.Pixels pixels) {
    return new RejectedImageException(
        RejectionReason.BAD_RAW_SHAPE,
        rule + ", was " + pixels.height() + " × " + pixels.width() + " × " + pixels.channels());
  }

  private static RejectedImageException undecodable(ImageHeader header, String detail) {
    Size size = header.size();
    return new RejectedImageException(
        RejectionReason.UNDECODABLE,
        header.format() + " of " + size.height() + " × " + size.width() + ": " + detail);
  }

  private static String firstLine(String message) {
    return message == null ? "decoder failed" : message.lines().findFirst().orElse("").strip();
  }

  @Override
  public void close() {
    image.close();
    input.close();
  }
}
