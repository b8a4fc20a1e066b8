package io.stillstream.schemas.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/**
 * Header of a PNG, and a check of all its chunks (W3C PNG, third edition): libpng allocates the
 * declared length of a chunk, so a length beyond the end of the file is rejected here.
 */
final class PngHeader {
  private static final int HEADER = 0x49484452; // IHDR
  private static final int ANIMATION = 0x6163544C; // acTL
  private static final int EXIF = 0x65584966; // eXIf
  private static final int COMPRESSED_TEXT = 0x7A545874; // zTXt
  private static final int INTERNATIONAL_TEXT = 0x69545874; // iTXt
  private static final int END = 0x49454E44; // IEND
  private static final int FIRST_CHUNK = 8;
  private static final int CHUNK_OVERHEAD = 12;

  private PngHeader() {}

  /** Reads a file in big-endian order. */
  static ImageFileHeader read(ByteBuffer bytes) {
    int at = FIRST_CHUNK;
    if (bytes.getInt(at) != 13 || bytes.getInt(at + 4) != HEADER) {
      throw ImageFileHeader.broken("PNG does not begin with its header chunk");
    }
    int orientation = 0;
    for (int type = HEADER; type != END; type = bytes.getInt(at + 4)) {
      int length = bytes.getInt(at);
      if (length < 0 || length > bytes.limit() - at - CHUNK_OVERHEAD) {
        throw ImageFileHeader.broken(
            "PNG file is truncated or corrupt: a chunk claims "
                + Integer.toUnsignedLong(length)
                + " bytes where "
                + Math.max(0, bytes.limit() - at - CHUNK_OVERHEAD)
                + " are left");
      }
      if (type == EXIF && orientation == 0 && isSound(bytes, at, length)) {
        orientation = ExifReader.orientation(bytes, at + 8, length);
      }
      at += length + CHUNK_OVERHEAD;
    }
    if (bytes.getInt(at) != 0) {
      throw ImageFileHeader.broken("PNG end chunk has a length");
    }
    bytes.getInt(at + 8); // its sum, which is the end of the file
    return new ImageFileHeader(
        ImageFormat.PNG,
        bytes.getInt(FIRST_CHUNK + 12),
        bytes.getInt(FIRST_CHUNK + 8),
        channels(Byte.toUnsignedInt(bytes.get(FIRST_CHUNK + 17))),
        bytes.get(FIRST_CHUNK + 16),
        orientation == 0 ? ExifReader.UPRIGHT : orientation,
        1,
        0);
  }

  private static int channels(int colourType) {
    return switch (colourType) {
      case 0 -> 1;
      case 2 -> 3;
      case 3 -> 0;
      case 4 -> 2;
      case 6 -> 4;
      default -> throw ImageFileHeader.broken("PNG file has unknown colour type " + colourType);
    };
  }

  /**
   * The file as a still image without compressed texts.
   *
   * <p>One chunk before the data makes a PNG animated; without it the others of the animation are
   * skipped and the default image is decoded. Damaged animations crash the process within OpenCV
   * 4.13. Compressed texts may grow a thousandfold, and libpng inflates up to a thousand of them
   * that are not read.
   *
   * @param file the file, in big-endian order, that {@link #read} has accepted
   * @return the buffer itself if there is no such chunk, else a copy
   */
  static ByteBuffer still(ByteBuffer file) {
    ByteArrayOutputStream kept = null;
    int from = 0;
    int at = FIRST_CHUNK;
    int type = HEADER;
    while (type != END) {
      int next = at + file.getInt(at) + CHUNK_OVERHEAD;
      if (type == ANIMATION || type == COMPRESSED_TEXT || type == INTERNATIONAL_TEXT) {
        if (kept == null) {
          kept = new ByteArrayOutputStream(file.limit());
        }
        copy(file, from, at, kept);
        from = next;
      }
      at = next;
      type = file.getInt(at + 4);
    }
    if (kept == null) {
      return file;
    }
    copy(file, from, file.limit(), kept);
    return ByteBuffer.wrap(kept.toByteArray());
  }

  private static void copy(ByteBuffer file, int from, int to, ByteArrayOutputStream kept) {
    byte[] part = new byte[to - from];
    file.get(from, part);
    kept.writeBytes(part);
  }

  private static boolean isSound(ByteBuffer bytes, int at, int length) {
    CRC32 sum = new CRC32();
    sum.update(bytes.slice(at + 4, length + 4));
    return (int) sum.getValue() == bytes.getInt(at + 8 + length);
  }
}
