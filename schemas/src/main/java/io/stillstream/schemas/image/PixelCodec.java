package io.stillstream.schemas.image;

import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.image.InvalidImageException.Reason;
import io.stillstream.schemas.values.ByteArrays;
import java.nio.ByteBuffer;

/**
 * The pixel encodings inside records: RAW, PNG and JPEG, 8 bits, 1 channel (grey) or 3 (RGB).
 *
 * <p>Decoded pixels are unsigned bytes, row-major, channels interleaved: shape {@code [H, W, C]}.
 * Thread-safe. OpenCV is loaded at the first PNG or JPEG.
 */
public final class PixelCodec {
  /** Most pixels of one image, rows times columns; beyond it nothing is decoded or encoded. */
  public static final int MAX_PIXELS = 64_000_000;

  /** JPEG quality where none is given, 0 to 100. */
  public static final int DEFAULT_QUALITY = 90;

  private PixelCodec() {}

  /**
   * Decodes to unsigned bytes {@code [height, width, channels]}. The position of {@code pixels}
   * does not change.
   *
   * @throws InvalidImageException when the shape is out of range, the file is not one, or is of
   *     another shape
   */
  public static byte[] decode(
      PixelEncoding encoding, int height, int width, int channels, ByteBuffer pixels) {
    int length = length(height, width, channels);
    return switch (encoding) {
      case RAW -> raw(length, height, width, channels, pixels);
      case PNG -> file(ImageFormat.PNG, height, width, channels, pixels);
      case JPEG -> file(ImageFormat.JPEG, height, width, channels, pixels);
    };
  }

  /**
   * Decodes the pixels of a view to unsigned bytes {@code [height, width, channels]}.
   *
   * @throws InvalidImageException when they do not match the view
   */
  public static byte[] decode(AugmentedView view) {
    return decode(
        view.getEncoding(),
        view.getHeight(),
        view.getWidth(),
        view.getChannels(),
        view.getPixels());
  }

  /**
   * Encodes as {@link #encode(PixelEncoding, int, int, int, byte[], int)} with {@link
   * #DEFAULT_QUALITY}.
   */
  public static ByteBuffer encode(
      PixelEncoding encoding, int height, int width, int channels, byte[] hwc) {
    return encode(encoding, height, width, channels, hwc, DEFAULT_QUALITY);
  }

  /**
   * Encodes unsigned bytes {@code [height, width, channels]}. RAW wraps the array without copying.
   *
   * @param quality for JPEG, 0 to 100; ignored by the others
   * @throws InvalidImageException when the shape is out of range or the array is not of that shape
   * @throws IllegalArgumentException when the quality is out of range
   */
  public static ByteBuffer encode(
      PixelEncoding encoding, int height, int width, int channels, byte[] hwc, int quality) {
    if (quality < 0 || quality > 100) {
      throw new IllegalArgumentException("quality must be from 0 to 100, was " + quality);
    }
    requireShape(hwc.length, height, width, channels);
    return switch (encoding) {
      case RAW -> ByteBuffer.wrap(hwc);
      case PNG -> ByteBuffer.wrap(OpenCvCodec.encodePng(height, width, channels, hwc));
      case JPEG -> ByteBuffer.wrap(OpenCvCodec.encodeJpeg(height, width, channels, hwc, quality));
    };
  }

  /**
   * @throws InvalidImageException when the shape is out of range, or takes more bytes or fewer
   */
  static void requireShape(int bytes, int height, int width, int channels) {
    PixelLimits.requireLength(bytes, length(height, width, channels), height, width, channels);
  }

  private static byte[] raw(int length, int height, int width, int channels, ByteBuffer pixels) {
    PixelLimits.requireLength(pixels.remaining(), length, height, width, channels);
    return ByteArrays.copyOf(pixels);
  }

  /**
   * Bytes of unsigned pixels of that shape.
   *
   * @throws InvalidImageException when it is out of range
   */
  static int length(int height, int width, int channels) {
    if (channels != 1 && channels != 3) {
      throw new InvalidImageException(Reason.SHAPE, "channels must be 1 or 3, was " + channels);
    }
    PixelLimits.requireSize(height, width, MAX_PIXELS);
    return height * width * channels;
  }

  private static byte[] file(
      ImageFormat format, int height, int width, int channels, ByteBuffer pixels) {
    ImageFileHeader file = ImageFileHeader.of(pixels);
    if (file.format() != format) {
      throw new InvalidImageException(
          Reason.UNDECODABLE, "not a " + format + " file, but a " + file.format() + " file");
    }
    if (file.height() != height
        || file.width() != width
        || file.channels() != channels
        || file.depth() != 8) {
      throw new InvalidImageException(
          Reason.MISMATCH,
          "%s file is %d x %d x %d with %d bits, its record says %d x %d x %d with 8 bits"
              .formatted(
                  format,
                  file.height(),
                  file.width(),
                  file.channels(),
                  file.depth(),
                  height,
                  width,
                  channels));
    }
    file.requireWithin(MAX_PIXELS);
    return OpenCvCodec.decode(file, ByteArrays.copyOf(pixels), height, width, channels);
  }
}
