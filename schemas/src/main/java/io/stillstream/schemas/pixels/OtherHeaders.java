package io.stillstream.schemas.pixels;

import io.stillstream.schemas.pixels.PixelException.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Headers of the formats that cameras send and records never hold: BMP, and WebP (RFC 9649). */
final class OtherHeaders {
  private static final int LOSSY = 0x20385056; // "VP8 ", little-endian
  private static final int LOSSLESS = 0x4C385056; // "VP8L"
  private static final int EXTENDED = 0x58385056; // "VP8X"
  private static final int WEBP = 0x50424557; // "WEBP"
  private static final int START_CODE = 0x2A019D;
  private static final int ANIMATED = 0x02;
  private static final int OLD_BMP_HEADER = 12;

  private OtherHeaders() {}

  static FileHeader ofBmp(ByteBuffer file) {
    ByteBuffer in = file.order(ByteOrder.LITTLE_ENDIAN);
    try {
      if (in.getInt(14) == OLD_BMP_HEADER) {
        return sized(Short.toUnsignedInt(in.getShort(20)), Short.toUnsignedInt(in.getShort(18)));
      }
      // A negative height means that the first row is the top one.
      return sized(Math.abs((long) in.getInt(22)), in.getInt(18));
    } catch (IndexOutOfBoundsException e) {
      throw truncated("BMP", file, e);
    }
  }

  /** Animated files are refused: one image is asked about. */
  static FileHeader ofWebp(ByteBuffer file) {
    ByteBuffer in = file.order(ByteOrder.LITTLE_ENDIAN);
    try {
      if (in.getInt(8) != WEBP) {
        throw new PixelException(Reason.UNDECODABLE, "not a WebP file, though it begins like one");
      }
      return switch (in.getInt(12)) {
        case LOSSY -> {
          if (int24(in, 23) != START_CODE) {
            throw new PixelException(Reason.UNDECODABLE, "WebP file without a key frame");
          }
          // The two bits above are a display scale.
          yield sized(in.getShort(28) & 0x3FFF, in.getShort(26) & 0x3FFF);
        }
        case LOSSLESS -> {
          int bits = in.getInt(21);
          yield sized(1 + ((bits >>> 14) & 0x3FFF), 1 + (bits & 0x3FFF));
        }
        case EXTENDED -> {
          if ((in.get(20) & ANIMATED) != 0) {
            throw new PixelException(
                Reason.UNDECODABLE, "WebP file is animated, which is not taken");
          }
          yield sized(1 + int24(in, 27), 1 + int24(in, 24));
        }
        default -> throw new PixelException(Reason.UNDECODABLE, "WebP file of an unknown kind");
      };
    } catch (IndexOutOfBoundsException e) {
      throw truncated("WebP", file, e);
    }
  }

  private static FileHeader sized(long height, int width) {
    return new FileHeader((int) Math.min(height, Integer.MAX_VALUE), width, 0, 0);
  }

  private static int int24(ByteBuffer in, int at) {
    return Short.toUnsignedInt(in.getShort(at)) | Byte.toUnsignedInt(in.get(at + 2)) << 16;
  }

  private static PixelException truncated(
      String kind, ByteBuffer file, IndexOutOfBoundsException cause) {
    return new PixelException(
        Reason.UNDECODABLE,
        kind + " file is truncated: it ends after " + file.limit() + " bytes",
        cause);
  }
}
