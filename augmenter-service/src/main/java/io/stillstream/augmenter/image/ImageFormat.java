package io.stillstream.augmenter.image;

import io.stillstream.augmenter.policy.Size;
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
   * Size by the header.
   *
   * @throws IndexOutOfBoundsException if the file ends too early
   * @throws IllegalArgumentException if a side is 0
   */
  Size size(ByteBuffer bytes) {
    ByteBuffer big = bytes.duplicate().order(ByteOrder.BIG_ENDIAN);
    ByteBuffer little = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    return switch (this) {
      case JPEG -> JpegHeader.size(big);
      case PNG -> PngHeader.size(big);
      case GIF -> gifSize(little);
      case WEBP -> WebpHeader.size(little);
      case BMP -> BmpHeader.size(little);
    };
  }

  /** The logical screen of a GIF, which every frame lies within. */
  private static Size gifSize(ByteBuffer bytes) {
    int width = Short.toUnsignedInt(bytes.getShort(6));
    int height = Short.toUnsignedInt(bytes.getShort(8));
    return new Size(height, width);
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
