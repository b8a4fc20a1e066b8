package io.stillstream.augmenter.geometry;

/**
 * Height and width of an image.
 *
 * @param height rows, pixels, at least 1
 * @param width columns, pixels, at least 1
 */
public record ImageSize(int height, int width) {

  public ImageSize {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "height and width must be at least 1, were " + height + " and " + width);
    }
  }

  /** Number of pixels; cannot overflow. */
  public long pixels() {
    return (long) height * width;
  }
}
