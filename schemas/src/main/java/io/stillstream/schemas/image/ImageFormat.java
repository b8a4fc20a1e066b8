package io.stillstream.schemas.image;

import java.nio.ByteBuffer;
import java.util.Optional;

/** The closed list of file formats that are read, each identified by its first bytes. */
public enum ImageFormat {
  JPEG("\u00FF\u00D8\u00FF", "", "image/jpeg"),
  PNG("\u0089PNG\r\n\u001A\n", "", "image/png"),
  GIF("GIF8", "", "image/gif"),
  WEBP("RIFF", "WEBP", "image/webp"),
  BMP("BM", "", "image/bmp");

  private static final int SECOND_AT = 8;

  /** Bytes at 0 and bytes at 8, as ISO 8859-1. */
  private final String magic;

  private final String second;
  private final String mediaType;

  ImageFormat(String magic, String second, String mediaType) {
    this.magic = magic;
    this.second = second;
    this.mediaType = mediaType;
  }

  /** The format of a file, from the buffer's position on; empty if it is none of them. */
  public static Optional<ImageFormat> of(ByteBuffer file) {
    for (ImageFormat format : values()) {
      if (stands(file, 0, format.magic) && stands(file, SECOND_AT, format.second)) {
        return Optional.of(format);
      }
    }
    return Optional.empty();
  }

  /** The content type, such as {@code image/jpeg}. */
  public String mediaType() {
    return mediaType;
  }

  private static boolean stands(ByteBuffer file, int at, String expected) {
    if (expected.isEmpty()) {
      return true;
    }
    if (file.remaining() < at + expected.length()) {
      return false;
    }
    for (int i = 0; i < expected.length(); i++) {
      if (Byte.toUnsignedInt(file.get(file.position() + at + i)) != expected.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
