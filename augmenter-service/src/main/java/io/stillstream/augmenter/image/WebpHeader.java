package io.stillstream.augmenter.image;

import io.stillstream.augmenter.policy.Size;
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

  /** Takes the file in little-endian order. */
  static ImageHeader read(ByteBuffer bytes) {
    int form = bytes.getInt(FIRST_CHUNK);
    return switch (form) {
      case LOSSY -> new ImageHeader(ImageFormat.WEBP, lossy(bytes));
      case LOSSLESS -> new ImageHeader(ImageFormat.WEBP, lossless(bytes));
      case EXTENDED -> new ImageHeader(ImageFormat.WEBP, canvas(bytes), orientation(bytes), 1);
      default -> throw ImageHeader.broken("WebP begins with an unknown chunk");
    };
  }

  private static Size canvas(ByteBuffer bytes) {
    return new Size(1 + int24(bytes, DATA + 7), 1 + int24(bytes, DATA + 4));
  }

  /** Walks the chunks up to the first one with EXIF data, which mostly is the last. */
  private static Orientation orientation(ByteBuffer bytes) {
    if ((bytes.get(DATA) & EXIF_FLAG) == 0) {
      return Orientation.UPRIGHT;
    }
    long at = FIRST_CHUNK;
    while (at + CHUNK_OVERHEAD <= bytes.limit()) {
      int length = bytes.getInt((int) at + 4);
      long next = at + CHUNK_OVERHEAD + Integer.toUnsignedLong(length);
      if (next > bytes.limit()) {
        throw ImageHeader.broken("WebP chunk runs past the end of the file");
      }
      if (bytes.getInt((int) at) == EXIF) {
        return Exif.orientation(bytes, (int) at + CHUNK_OVERHEAD, length);
      }
      at = next + (length & 1);
    }
    return Orientation.UPRIGHT;
  }

  private static Size lossy(ByteBuffer bytes) {
    if (int24(bytes, DATA + 3) != 0x2A019D) {
      throw ImageHeader.broken("WebP without the start code of its key frame");
    }
    int width = bytes.getShort(DATA + 6) & 0x3FFF; // the two bits above are a display scale
    int height = bytes.getShort(DATA + 8) & 0x3FFF;
    return new Size(height, width);
  }

  private static Size lossless(ByteBuffer bytes) {
    if (bytes.get(DATA) != 0x2F) {
      throw ImageHeader.broken("WebP without the signature of its lossless data");
    }
    int bits = bytes.getInt(DATA + 1);
    return new Size(1 + ((bits >>> 14) & 0x3FFF), 1 + (bits & 0x3FFF));
  }

  private static int int24(ByteBuffer bytes, int at) {
    return Short.toUnsignedInt(bytes.getShort(at)) | Byte.toUnsignedInt(bytes.get(at + 2)) << 16;
  }
}
