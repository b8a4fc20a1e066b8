package io.stillstream.augmenter.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The closed list of file formats that are read, each known by its first bytes. */
enum ImageFormat {
  JPEG("\u00FF\u00D8\u00FF", ""),
  PNG("\u0089PNG\r\n\u001A\n", ""),
  GIF("GIF8", ""),
  WEBP("RIFF", "WEBP"),
  BMP("BM", "");

  private static final int SECOND_AT = 8;

  /** Bytes at 0 and bytes at 8, as ISO 8859-1. */
  private final String magic;

  private final String second;

  ImageFormat(String magic, String second) {
    this.magic = magic;
    this.second = second;
  }

  /** The format of a file that starts at index 0 of the buffer. */
  static ImageFormat of(ByteBuffer bytes) {
    for (ImageFormat format : values()) {
      if (stands(bytes, 0, format.magic)
          && (format.second.isEmpty() || stands(bytes, SECOND_AT, format.second))) {
        return format;
      }
    }
    throw new RejectedImageException(
        RejectionReason.UNKNOWN_FORMAT, "not a JPEG, PNG, GIF, WebP or BMP file");
  }

  /**
   * Reads the header.
   *
   * @throws IndexOutOfBoundsException if the file ends too early
   * @throws IllegalArgumentException if a side is 0
   */
  ImageHeader header(ByteBuffer bytes) {
    ByteBuffer big = bytes.duplicate().order(ByteOrder.BIG_ENDIAN);
    ByteBuffer little = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    return switch (this) {
      case JPEG -> JpegHeader.read(big);
      case PNG -> PngHeader.read(big);
      case GIF -> GifHeader.read(little);
      case WEBP -> WebpHeader.read(little);
      case BMP -> BmpHeader.read(little);
    };
  }

  private static boolean stands(ByteBuffer bytes, int at, String expected) {
    if (bytes.limit() < at + expected.length()) {
      return false;
    }
    for (int i = 0; i < expected.length(); i++) {
      if (Byte.toUnsignedInt(bytes.get(at + i)) != expected.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
