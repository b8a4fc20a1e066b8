package io.stillstream.augmenter.image;

import io.stillstream.augmenter.policy.Size;
import java.nio.ByteBuffer;

/**
 * Size of a PNG, and a walk over all its chunks (W3C PNG, third edition): libpng believes a chunk's
 * length and allocates it, so a length beyond the end of the file is refused here.
 */
final class PngHeader {
  private static final int HEADER = 0x49484452; // IHDR
  private static final int END = 0x49454E44; // IEND
  private static final int CHUNK_OVERHEAD = 12;

  private PngHeader() {}

  /** Takes the file in big-endian order. */
  static Size size(ByteBuffer bytes) {
    int at = 8;
    if (bytes.getInt(at) != 13 || bytes.getInt(at + 4) != HEADER) {
      throw ImageHeader.broken("PNG does not begin with its header chunk");
    }
    Size size = new Size(bytes.getInt(at + 12), bytes.getInt(at + 8));
    while (bytes.getInt(at + 4) != END) {
      int length = bytes.getInt(at);
      if (length < 0 || length > bytes.limit() - at - CHUNK_OVERHEAD) {
        throw ImageHeader.broken("PNG chunk runs past the end of the file");
      }
      at += length + CHUNK_OVERHEAD;
    }
    if (bytes.getInt(at) != 0) {
      throw ImageHeader.broken("PNG end chunk has a length");
    }
    return size;
  }
}
