package io.stillstream.schemas.image;

import java.nio.ByteBuffer;

/** Header of a WebP in its three forms: lossy, lossless and extended (RFC 9649). */
final class WebpHeader {
  private static final int LOSSY = 0x20385056; // "VP8 ", little-endian
  private static final int LOSSLESS = 0x4C385056; // "VP8L"
  private static final int EXTENDED = 0x58385056; // "VP8X"
  private static final int EXIF = 0x46495845; // "EXIF"
  private static final int EXIF_FLAG = 0x08;
  private static final int FIRST_CHUNK = 12;
  private static final int DATA = 20;
  private static final int CHUNK_OVERHEAD = 8;

  private WebpHeader() {}

  /** Reads a file in little-endian order. */
  static ImageFileHeader read(ByteBuffer bytes) {
    return switch (bytes.getInt(FIRST_CHUNK)) {
      case LOSSY -> lossy(bytes);
      case LOSSLESS -> lossless(bytes);
      case EXTENDED ->
          header(1 + int24(bytes, DATA + 7), 1 + int24(bytes, DATA + 4), orientation(bytes));
      default -> throw ImageFileHeader.broken("WebP begins with an unknown chunk");
    };
  }

  private static ImageFileHeader header(int height, int width, int orientation) {
    return new ImageFileHeader(ImageFormat.WEBP, height, width, 0, 0, orientation, 1, 0);
  }

  /** Reads the chunks up to the first one with EXIF data, which is usually the last. */
  private static int orientation(ByteBuffer bytes) {
    if ((bytes.get(DATA) & EXIF_FLAG) == 0) {
      return ExifReader.UPRIGHT;
    }
    long at = FIRST_CHUNK;
    while (at + CHUNK_OVERHEAD <= bytes.limit()) {
      int length = bytes.getInt((int) at + 4);
      long next = at + CHUNK_OVERHEAD + Integer.toUnsignedLong(length);
      if (next > bytes.limit()) {
        throw ImageFileHeader.broken("WebP chunk runs past the end of the file");
      }
      if (bytes.getInt((int) at) == EXIF) {
        return ExifReader.orientation(bytes, (int) at + CHUNK_OVERHEAD, length);
      }
      at = next + (length & 1);
    }
    return ExifReader.UPRIGHT;
  }

  private static ImageFileHeader lossy(ByteBuffer bytes) {
    if (int24(bytes, DATA + 3) != 0x2A019D) {
      throw ImageFileHeader.broken("WebP without the start code of its key frame");
    }
    int width = bytes.getShort(DATA + 6) & 0x3FFF; // the two bits above are a display scale
    int height = bytes.getShort(DATA + 8) & 0x3FFF;
    return header(height, width, ExifReader.UPRIGHT);
  }

  private static ImageFileHeader lossless(ByteBuffer bytes) {
    if (bytes.get(DATA) != 0x2F) {
      throw ImageFileHeader.broken("WebP without the signature of its lossless data");
    }
    int bits = bytes.getInt(DATA + 1);
    return header(1 + ((bits >>> 14) & 0x3FFF), 1 + (bits & 0x3FFF), ExifReader.UPRIGHT);
  }

  private static int int24(ByteBuffer bytes, int at) {
    return Short.toUnsignedInt(bytes.getShort(at)) | Byte.toUnsignedInt(bytes.get(at + 2)) << 16;
  }
}
