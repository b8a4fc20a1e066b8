package io.stillstream.schemas.image;

import java.nio.ByteBuffer;

/**
 * Size of a BMP: the old 12-byte header or one of the later ones, rows from the bottom or from the
 * top.
 */
final class BmpHeader {
  private static final int OLD_HEADER = 12;

  private BmpHeader() {}

  /** Reads a file in little-endian order. */
  static ImageFileHeader read(ByteBuffer bytes) {
    if (bytes.getInt(14) == OLD_HEADER) {
      return header(
          Short.toUnsignedInt(bytes.getShort(20)), Short.toUnsignedInt(bytes.getShort(18)));
    }
    int height = bytes.getInt(22);
    // A negative height means that the first row is the top one; the smallest int has no
    // positive counterpart and stays negative, which every limit rejects.
    return header(height < 0 ? -height : height, bytes.getInt(18));
  }

  private static ImageFileHeader header(int height, int width) {
    return new ImageFileHeader(ImageFormat.BMP, height, width, 0, 0);
  }
}
