package io.stillstream.augmenter.image;

import io.stillstream.augmenter.policy.Size;
import java.nio.ByteBuffer;

/** Size of a WebP in its three forms: lossy, lossless and extended (RFC 9649). */
final class WebpHeader {
  private static final int LOSSY = 0x20385056; // "VP8 ", little-endian
  private static final int LOSSLESS = 0x4C385056; // "VP8L"
  private static final int EXTENDED = 0x58385056; // "VP8X"
  private static final int FIRST_CHUNK = 12;
  private static final int DATA = 20;

  private WebpHeader() {}

  /** Takes the file in little-endian order. */
  static Size size(ByteBuffer bytes) {
    int form = bytes.getInt(FIRST_CHUNK);
    return switch (form) {
      case LOSSY -> lossy(bytes);
      case LOSSLESS -> lossless(bytes);
      case EXTENDED -> new Size(1 + int24(bytes, DATA + 7), 1 + int24(bytes, DATA + 4));
      default -> throw ImageHeader.broken("WebP begins with an unknown chunk");
    };
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
