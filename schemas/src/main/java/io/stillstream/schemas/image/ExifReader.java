package io.stillstream.schemas.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The orientation entry of EXIF data: a TIFF header and its first directory (CIPA DC-008, 4.5). */
final class ExifReader {
  static final int UPRIGHT = 1;

  private static final int LAST = 8;
  private static final int HEADER = 8;
  private static final int ENTRY = 12;
  private static final int VALUE_AT = 8;
  private static final int TIFF_MARK = 42;
  private static final int ORIENTATION = 0x0112;
  private static final int LITTLE = 0x4949; // "II"
  private static final int BIG = 0x4D4D; // "MM"

  private ExifReader() {}

  /**
   * Reads the orientation, 1 to 8; damaged data and data without it mean upright, since the pixels
   * can be used all the same.
   *
   * @param bytes buffer of the file; neither position nor limit changes
   * @param from index of the TIFF header
   * @param length bytes of the EXIF data from there, all within the buffer
   */
  static int orientation(ByteBuffer bytes, int from, int length) {
    if (length < HEADER) {
      return UPRIGHT;
    }
    ByteBuffer tiff = bytes.slice(from, length);
    int order = tiff.getShort(0);
    if (order != LITTLE && order != BIG) {
      return UPRIGHT;
    }
    tiff.order(order == LITTLE ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    long directory = Integer.toUnsignedLong(tiff.getInt(4));
    if (tiff.getShort(2) != TIFF_MARK || directory > length - 2) {
      return UPRIGHT;
    }
    int at = (int) directory;
    int last = at + 2 + Short.toUnsignedInt(tiff.getShort(at)) * ENTRY;
    for (at += 2; at < last && at + ENTRY <= length; at += ENTRY) {
      if (Short.toUnsignedInt(tiff.getShort(at)) == ORIENTATION) {
        int value = Short.toUnsignedInt(tiff.getShort(at + VALUE_AT));
        return value >= UPRIGHT && value <= LAST ? value : UPRIGHT;
      }
    }
    return UPRIGHT;
  }
}
