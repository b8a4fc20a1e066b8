package io.stillstream.labeler.model;

/** A decoded image: unsigned bytes, row-major, channels interleaved (HWC). */
public final class Pixels {
  private final int height;
  private final int width;
  private final int channels;
  private final byte[] bytes;

  /** Keeps the array, without a copy. */
  public Pixels(int height, int width, int channels, byte[] bytes) {
    if (bytes.length != height * width * channels) {
      throw new IllegalArgumentException(
          "%d x %d x %d pixels in %d bytes".formatted(height, width, channels, bytes.length));
    }
    this.height = height;
    this.width = width;
    this.channels = channels;
    this.bytes = bytes;
  }

  public int height() {
    return height;
  }

  public int width() {
    return width;
  }

  /** 1 (grey) or 3 (RGB). */
  public int channels() {
    return channels;
  }

  public byte[] bytes() {
    return bytes;
  }

  @Override
  public String toString() {
    return height + " x " + width + " x " + channels;
  }
}
