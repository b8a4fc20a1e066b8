package io.stillstream.augmenter.image;

import io.stillstream.augmenter.policy.Size;
import java.nio.ByteBuffer;

/**
 * Size of a BMP: the old 12-byte header or one of the later ones, rows from the bottom or from the
 * top.
 */
final class BmpHeader {
  private static final int OLD_HEADER = 12;

  private BmpHeader() {}

  /** Takes the file in little-endian order. */
  static ImageHeader read(ByteBuffer bytes) {
    return new ImageHeader(ImageFormat.BMP, size(bytes));
  }

  private static Size size(ByteBuffer bytes) {
    if (bytes.getInt(14) == OLD_HEADER) {
      int width = Short.toUnsignedInt(bytes.getShort(18));
      int height = Short.toUnsignedInt(bytes.getShort(20));
      return new Size(height, width);
    }
    int height = bytes.getInt(22);
    // A negative height means that the first row is the top one; the most negative has no positive
    // twin and fails.
    return new Size(height < 0 ? -height : height, bytes.getInt(18));
  }
}
