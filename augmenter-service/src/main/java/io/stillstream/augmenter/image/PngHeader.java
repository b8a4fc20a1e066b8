package io.stillstream.augmenter.image;

import io.stillstream.augmenter.policy.Size;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/**
 * Header of a PNG, and a walk over all its chunks (W3C PNG, third edition): libpng believes a
 * chunk's length and allocates it, so a length beyond the end of the file is refused here.
 */
final class PngHeader {
  private static final int HEADER = 0x49484452; // IHDR
  private static final int DATA = 0x49444154; // IDAT
  private static final int ANIMATION = 0x6163544C; // acTL
  private static final int EXIF = 0x65584966; // eXIf
  private static final int END = 0x49454E44; // IEND
  private static final int FIRST_CHUNK = 8;
  private static final int CHUNK_OVERHEAD = 12;

  private PngHeader() {}

  /** Takes the file in big-endian order. */
  static ImageHeader read(ByteBuffer bytes) {
    int at = FIRST_CHUNK;
    if (bytes.getInt(at) != 13 || bytes.getInt(at + 4) != HEADER) {
      throw ImageHeader.broken("PNG does not begin with its header chunk");
    }
    Size size = new Size(bytes.getInt(at + 12), bytes.getInt(at + 8));
    Orientation orientation = null;
    for (int type = HEADER; type != END; type = bytes.getInt(at + 4)) {
      int length = bytes.getInt(at);
      if (length < 0 || length > bytes.limit() - at - CHUNK_OVERHEAD) {
        throw ImageHeader.broken("PNG chunk runs past the end of the file");
      }
      if (type == EXIF && orientation == null && isSound(bytes, at, length)) {
        orientation = Exif.orientation(bytes, at + 8, length);
      }
      at += length + CHUNK_OVERHEAD;
    }
    if (bytes.getInt(at) != 0) {
      throw ImageHeader.broken("PNG end chunk has a length");
    }
    return new ImageHeader(
        ImageFormat.PNG, size, orientation == null ? Orientation.UPRIGHT : orientation, 1);
  }

  /**
   * The file as a still image. What makes a PNG animated is one chunk before the data; without it
   * the others of the animation are skipped and the plain image is decoded, which is the first
   * frame or stands in for it. Damaged animations crash the process within OpenCV 4.13.
   *
   * @param file the file, in big-endian order, that {@link #read} has passed
   * @return the buffer itself if there is no such chunk, else a copy
   */
  static ByteBuffer still(ByteBuffer file) {
    ByteBuffer bytes = file;
    int at = FIRST_CHUNK;
    int type = HEADER;
    while (type != DATA && type != END) {
      int next = at + bytes.getInt(at) + CHUNK_OVERHEAD;
      if (type == ANIMATION) {
        bytes =
            ByteBuffer.allocate(bytes.limit() - (next - at))
                .put(bytes.slice(0, at))
                .put(bytes.slice(next, bytes.limit() - next))
                .flip();
      } else {
        at = next;
      }
      type = bytes.getInt(at + 4);
    }
    return bytes;
  }

  private static boolean isSound(ByteBuffer bytes, int at, int length) {
    CRC32 sum = new CRC32();
    sum.update(bytes.slice(at + 4, length + 4));
    return (int) sum.getValue() == bytes.getInt(at + 8 + length);
  }
}
