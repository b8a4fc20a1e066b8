package io.stillstream.schemas.pixels;

import io.stillstream.schemas.pixels.PixelException.Reason;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * What a file says about itself before anything is decoded, so that a small file which claims a
 * huge image costs nothing.
 *
 * @param height rows as stored
 * @param width columns as stored
 * @param channels samples per pixel; 0 for a PNG palette, which is none of ours, and where the
 *     header is not asked
 * @param depth bits per sample; 0 where the header is not asked
 */
record FileHeader(int height, int width, int channels, int depth) {
  private static final long PNG_SIGNATURE = 0x89504E470D0A1A0AL;
  private static final int IHDR = 0x49484452;
  private static final int IEND = 0x49454E44;
  private static final int ANIMATION = 0x6163544C; // acTL

  /** Reads the header of a JPEG, PNG, WebP or BMP file, told apart by the first bytes. */
  static FileHeader of(ByteBuffer file) {
    ByteBuffer in = file.slice();
    if (in.remaining() < 4) {
      throw new PixelException(
          Reason.UNDECODABLE, "not an image file: it has " + in.remaining() + " bytes");
    }
    int first = in.getInt(0);
    if (first == (int) (PNG_SIGNATURE >>> 32)) {
      return ofPng(file);
    }
    if (first >>> 16 == 0xFFD8) {
      return ofJpeg(file);
    }
    if (first >>> 16 == 0x424D) {
      return OtherHeaders.ofBmp(in);
    }
    if (first == 0x52494646) {
      return OtherHeaders.ofWebp(in);
    }
    throw new PixelException(
        Reason.UNDECODABLE, "not an image file: neither JPEG, PNG, WebP nor BMP");
  }

  /**
   * Reads the header of a PNG file (ISO/IEC 15948) and walks the lengths of all its chunks: the
   * decoder allocates whatever a length claims. Animated files are refused: damaged ones crash the
   * process within OpenCV 4.13.
   */
  static FileHeader ofPng(ByteBuffer file) {
    try {
      ByteBuffer in = file.slice();
      if (in.getLong() != PNG_SIGNATURE) {
        throw new PixelException(
            Reason.UNDECODABLE, "not a PNG file: it does not start with the signature");
      }
      if (in.getInt() != 13 || in.getInt() != IHDR) {
        throw new PixelException(Reason.UNDECODABLE, "not a PNG file: IHDR is not its first chunk");
      }
      int width = in.getInt();
      int height = in.getInt();
      int depth = in.get();
      int channels = pngChannels(in.get());
      in.position(8);
      walkChunks(in);
      return new FileHeader(height, width, channels, depth);
    } catch (BufferUnderflowException e) {
      throw truncated("PNG", file, e);
    }
  }

  private static void walkChunks(ByteBuffer in) {
    int type;
    do {
      long length = Integer.toUnsignedLong(in.getInt());
      type = in.getInt();
      if (length + 4 > in.remaining()) {
        throw new PixelException(
            Reason.UNDECODABLE,
            "PNG file is truncated or corrupt: a chunk claims "
                + length
                + " bytes where "
                + in.remaining()
                + " are left");
      }
      if (type == ANIMATION) {
        throw new PixelException(Reason.UNDECODABLE, "PNG file is animated, which is not taken");
      }
      in.position(in.position() + (int) length + 4);
    } while (type != IEND);
  }

  private static int pngChannels(int colourType) {
    return switch (colourType) {
      case 0 -> 1;
      case 2 -> 3;
      case 3 -> 0;
      case 4 -> 2;
      case 6 -> 4;
      default ->
          throw new PixelException(
              Reason.UNDECODABLE, "PNG file has unknown colour type " + colourType);
    };
  }

  /** Reads the frame header (SOF) of a JPEG file (ITU-T T.81). */
  static FileHeader ofJpeg(ByteBuffer file) {
    try {
      ByteBuffer in = file.slice();
      if (in.getShort() != (short) 0xFFD8) {
        throw new PixelException(Reason.UNDECODABLE, "not a JPEG file: it does not start with SOI");
      }
      while (true) {
        int marker = nextMarker(in);
        if (isStandalone(marker)) {
          continue;
        }
        int length = Short.toUnsignedInt(in.getShort());
        if (isFrame(marker)) {
          int depth = in.get();
          int height = Short.toUnsignedInt(in.getShort());
          int width = Short.toUnsignedInt(in.getShort());
          return new FileHeader(height, width, in.get(), depth);
        }
        if (marker == 0xDA || marker == 0xD9 || length < 2 || length - 2 > in.remaining()) {
          throw new PixelException(
              Reason.UNDECODABLE,
              "JPEG file is truncated or corrupt: no frame header before its data");
        }
        in.position(in.position() + length - 2);
      }
    } catch (BufferUnderflowException e) {
      throw truncated("JPEG", file, e);
    }
  }

  private static int nextMarker(ByteBuffer in) {
    if ((in.get() & 0xFF) != 0xFF) {
      throw new PixelException(
          Reason.UNDECODABLE, "JPEG file is corrupt: no marker where one must be");
    }
    int marker;
    do {
      marker = in.get() & 0xFF;
    } while (marker == 0xFF);
    return marker;
  }

  private static boolean isStandalone(int marker) {
    return marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8);
  }

  /** SOF0 to SOF15 without DHT, JPG and DAC, which lie among them. */
  private static boolean isFrame(int marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
  }

  private static PixelException truncated(
      String kind, ByteBuffer file, BufferUnderflowException cause) {
    return new PixelException(
        Reason.UNDECODABLE,
        kind + " file is truncated: it ends after " + file.remaining() + " bytes",
        cause);
  }
}
