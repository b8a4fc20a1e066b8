package io.stillstream.labeler.model;

/**
 * A decoded image.
 *
 * @param channels 1 (grey) or 3 (RGB)
 * @param bytes unsigned, row-major, channels interleaved (HWC); not copied
 */
@SuppressWarnings("ArrayRecordComponent") // a copy per view would cost more than it protects
public record Pixels(int height, int width, int channels, byte[] bytes) {
  public Pixels {
    if (bytes.length != height * width * channels) {
      throw new IllegalArgumentException(
          "%d x %d x %d pixels in %d bytes".formatted(height, width, channels, bytes.length));
    }
  }

  @Override
  public String toString() {
    return height + " x " + width + " x " + channels;
  }
}
