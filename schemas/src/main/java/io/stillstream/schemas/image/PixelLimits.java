package io.stillstream.schemas.image;

import io.stillstream.schemas.image.InvalidImageException.Reason;

/** Checks of size, channels and length before decoding. */
final class PixelLimits {
  private PixelLimits() {}

  /**
   * @throws InvalidImageException {@code pixel-shape} for too many pixels or none
   */
  static void requireSize(int height, int width, long maxPixels) {
    if (height < 1 || width < 1 || (long) height * width > maxPixels) {
      throw new InvalidImageException(
          Reason.SHAPE,
          "height x width must be at least 1 x 1 and at most "
              + maxPixels
              + " pixels, was "
              + height
              + " x "
              + width);
    }
  }

  /**
   * The same for raw pixels, unsigned bytes {@code [height, width, channels]} with 1 (grey), 3
   * (RGB) or 4 (RGBA) channels.
   *
   * @throws InvalidImageException {@code pixel-shape}, or {@code pixel-length} if there are more or
   *     fewer bytes
   */
  static void requirePixels(int bytes, int height, int width, int channels, long maxPixels) {
    if (channels != 1 && channels != 3 && channels != 4) {
      throw new InvalidImageException(Reason.SHAPE, "channels must be 1, 3 or 4, was " + channels);
    }
    requireSize(height, width, maxPixels);
    requireLength(bytes, (long) height * width * channels, height, width, channels);
  }

  static void requireLength(int bytes, long expected, int height, int width, int channels) {
    if (bytes != expected) {
      throw new InvalidImageException(
          Reason.LENGTH,
          "%d x %d x %d pixels take %d bytes, there are %d"
              .formatted(height, width, channels, expected, bytes));
    }
  }
}
