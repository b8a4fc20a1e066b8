package io.stillstream.schemas.image;

import java.nio.ByteBuffer;

/**
 * Header of a GIF (GIF89a), and a count of the codes of its first image. OpenCV creates a new table
 * of 4,096 strings at each clear and end code, several microseconds for three bits, so a file of
 * nothing else is rejected.
 */
final class GifHeader {
  private static final int SCREEN = 6;
  private static final int HEADER = 13;
  private static final int EXTENSION = 0x21;
  private static final int IMAGE = 0x2C;
  private static final int MAX_CODE_BITS = 12;
  private static final int TABLE = 1 << MAX_CODE_BITS;

  /** Encoders clear every 4,000 codes; those that do not compress, every 254 pixels or so. */
  private static final int MAX_CLEARS = 1 << 16;

  private GifHeader() {}

  /** Reads a file in little-endian order. The size is that of the logical screen. */
  static ImageFileHeader read(ByteBuffer bytes) {
    int width = Short.toUnsignedInt(bytes.getShort(SCREEN));
    int height = Short.toUnsignedInt(bytes.getShort(SCREEN + 2));
    if (bytes.limit() * 8L / 3 > MAX_CLEARS) {
      checkClears(bytes);
    }
    return new ImageFileHeader(ImageFormat.GIF, height, width, 0, 0);
  }

  private static void checkClears(ByteBuffer bytes) {
    int at = HEADER + table(bytes, HEADER - 3);
    while (unsigned(bytes, at) == EXTENSION) {
      at += 2;
      while (unsigned(bytes, at) != 0) {
        at += 1 + unsigned(bytes, at);
      }
      at++;
    }
    if (unsigned(bytes, at) != IMAGE) {
      throw ImageFileHeader.broken("GIF without an image");
    }
    at += 10 + table(bytes, at + 9);
    int codeBits = unsigned(bytes, at);
    if (codeBits < 2 || codeBits >= MAX_CODE_BITS) {
      throw ImageFileHeader.broken("GIF with codes of " + codeBits + " bits");
    }
    if (clears(bytes, at + 1, codeBits) > MAX_CLEARS) {
      throw ImageFileHeader.broken("GIF of more than " + MAX_CLEARS + " clear codes");
    }
  }

  /** Bytes of the colour table that the flags at an index declare. */
  private static int table(ByteBuffer bytes, int flagsAt) {
    int flags = unsigned(bytes, flagsAt);
    return (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);
  }

  /** Clear and end codes in the data from an index on, counted up to the limit. */
  private static int clears(ByteBuffer bytes, int from, int codeBits) {
    int clear = 1 << codeBits;
    int count = 0;
    int size = codeBits + 1;
    int next = clear + 1;
    int held = 0;
    int bits = 0;
    int at = from;
    int left = unsigned(bytes, at++);
    while (left > 0 && count <= MAX_CLEARS) {
      bits |= unsigned(bytes, at++) << held;
      held += 8;
      while (held >= size) {
        int code = bits & ((1 << size) - 1);
        bits >>>= size;
        held -= size;
        if (code == clear || code == clear + 1) {
          count++;
          size = codeBits + 1;
          next = clear + 1;
        } else if (next < TABLE && ++next == 1 << size && size < MAX_CODE_BITS) {
          size++;
        }
      }
      if (--left == 0) {
        left = unsigned(bytes, at++);
      }
    }
    return count;
  }

  private static int unsigned(ByteBuffer bytes, int at) {
    return Byte.toUnsignedInt(bytes.get(at));
  }
}
