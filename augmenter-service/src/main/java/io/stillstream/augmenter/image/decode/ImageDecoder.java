package io.stillstream.augmenter.image.decode;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.image.buffer.NativeBuffer;
import io.stillstream.augmenter.image.decode.UndecodedImage.UndecodedFile;
import java.nio.ByteBuffer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Decodes sources into a native image with the channels that views have. Grey becomes RGB by
 * repeating it, RGB becomes grey by ITU-R BT.601 (for JPEG: its luma), alpha is dropped (as {@code
 * convert("RGB")} of Pillow does), 16 bits become 8 by dropping the lower byte, EXIF orientation is
 * applied, and of animations the first frame counts. For one thread; holds one image at a time, and
 * nothing before the first.
 */
public final class ImageDecoder implements AutoCloseable {
  private final int channels;
  private final long maxPixels;
  private final NativeBuffer input = new NativeBuffer();
  private final Mat image = new Mat();
  private final Mat turned = new Mat();

  /**
   * @param channels 1 (grey) or 3 (RGB): channels of the decoded image
   * @param maxPixels largest height × width that is decoded
   */
  public ImageDecoder(int channels, long maxPixels) {
    this.channels = channels;
    this.maxPixels = maxPixels;
  }

  /**
   * Reads the header; allocates no pixel.
   *
   * @param source is read again by {@link #decode(UndecodedImage, int)}, so its bytes must not
   *     change
   * @throws RejectedImageException if the header alone shows that the image cannot be decoded:
   *     every reason but {@code UNDECODABLE}
   */
  public UndecodedImage open(ImageSource source) {
    if (source instanceof ImageSource.FileSource file) {
      UndecodedFile opened = UndecodedFile.read(file.bytes());
      checkPixels(opened.size().pixels());
      opened.requireFewScans(maxPixels);
      return opened;
    }
    ImageSource.RawPixels pixels = (ImageSource.RawPixels) source;
    checkSides(pixels);
    UndecodedImage opened = new UndecodedImage.UndecodedPixels(pixels);
    checkPixels(opened.size().pixels());
    checkShape(pixels);
    return opened;
  }

  /**
   * Decodes.
   *
   * @param opened what {@link #open} of this or another decoder gave
   * @param scale 1, 2, 4 or 8, at most {@link UndecodedImage#maxScale}: each side is divided by it
   *     while decoding, which averages what falls into one pixel
   * @return the upright image of size {@link UndecodedImage#size(int)}, 8 bits per channel, owned
   *     by this decoder and valid until its next call
   * @throws RejectedImageException if it cannot be decoded
   * @throws IllegalArgumentException for another scale
   */
  public Mat decode(UndecodedImage opened, int scale) {
    if (Integer.bitCount(scale) != 1 || scale < 1 || scale > opened.maxScale()) {
      throw new IllegalArgumentException(
          "scale must be a power of two up to " + opened.maxScale() + ", was " + scale);
    }
    return opened instanceof UndecodedFile file
        ? decode(file, scale)
        : convert(((UndecodedImage.UndecodedPixels) opened).source());
  }

  /** Opens and decodes in full. */
  public Mat decode(ImageSource source) {
    return decode(open(source), 1);
  }

  /** Frees what is larger than the limit, bytes; called between images. */
  public void shrink(long limit) {
    input.shrink(limit);
    NativeBuffer.shrink(image, limit);
    NativeBuffer.shrink(turned, limit);
  }

  private Mat decode(UndecodedFile file, int scale) {
    ByteBuffer still = file.header().firstFrame(file.bytes());
    try (Mat bytes = new Mat(1, still.remaining(), opencv_core.CV_8UC1, input.of(still));
        Mat result = opencv_imgcodecs.imdecode(bytes, flags(scale), image)) {
      if (result.empty() || image.empty()) {
        throw undecodable(file, "the decoder found no image");
      }
      Mat upright = file.orientation().apply(image, turned);
      ImageSize expected = file.size(scale);
      if (upright.rows() != expected.height() || upright.cols() != expected.width()) {
        throw undecodable(
            file, "decoded at 1/" + scale + " to " + upright.rows() + " × " + upright.cols());
      }
      return upright;
    } catch (RejectedImageException e) {
      throw e;
    } catch (RuntimeException e) {
      // JavaCPP turns every exception of OpenCV into one of these.
      throw undecodable(file, firstLine(e.getMessage()));
    }
  }

  /** The orientation is known from the header: OpenCV's own reading could differ from it. */
  private int flags(int scale) {
    int reduced =
        switch (scale) {
          case 2 -> opencv_imgcodecs.IMREAD_REDUCED_GRAYSCALE_2;
          case 4 -> opencv_imgcodecs.IMREAD_REDUCED_GRAYSCALE_4;
          case 8 -> opencv_imgcodecs.IMREAD_REDUCED_GRAYSCALE_8;
          default -> 0;
        };
    int colours =
        channels == 1 ? opencv_imgcodecs.IMREAD_GRAYSCALE : opencv_imgcodecs.IMREAD_COLOR_RGB;
    return reduced | colours | opencv_imgcodecs.IMREAD_IGNORE_ORIENTATION;
  }

  private Mat convert(ImageSource.RawPixels pixels) {
    int from = pixels.channels();
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

  private static void checkSides(ImageSource.RawPixels pixels) {
    if (pixels.height() < 1 || pixels.width() < 1) {
      throw badShape("shape must be at least 1 × 1", pixels);
    }
  }

  private static void checkShape(ImageSource.RawPixels pixels) {
    int from = pixels.channels();
    if (from != 1 && from != 3 && from != 4) {
      throw badShape("channels must be 1, 3 or 4", pixels);
    }
    if ((long) pixels.height() * pixels.width() * from != pixels.bytes().remaining()) {
      throw badShape("shape does not match " + pixels.bytes().remaining() + " bytes", pixels);
    }
  }

  private static RejectedImageException badShape(String rule, ImageSource.RawPixels pixels) {
    return new RejectedImageException(
        RejectionReason.BAD_RAW_SHAPE,
        rule + ", was " + pixels.height() + " × " + pixels.width() + " × " + pixels.channels());
  }

  private static RejectedImageException undecodable(UndecodedFile file, String detail) {
    return new RejectedImageException(
        RejectionReason.UNDECODABLE,
        file.header().format()
            + " of "
            + file.size().height()
            + " × "
            + file.size().width()
            + ": "
            + detail);
  }

  private static String firstLine(String message) {
    return message == null ? "decoder failed" : message.lines().findFirst().orElse("").strip();
  }

  @Override
  public void close() {
    image.close();
    turned.close();
    input.close();
  }
}
