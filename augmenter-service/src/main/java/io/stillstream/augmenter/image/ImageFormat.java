package io.stillstream.augmenter.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.stillstream.augmenter.policy.Size;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Function;

/** The closed list of file formats that are read, each known by its first bytes. */
enum ImageFormat {
  JPEG("\u00FF\u00D8\u00FF", 0, "", ByteOrder.BIG_ENDIAN, JpegHeader::size),
  PNG("\u0089PNG\r\n\u001A\n", 0, "", ByteOrder.BIG_ENDIAN, PngHeader::size),
  GIF("GIF8", 0, "", ByteOrder.LITTLE_ENDIAN, ImageFormat::gifSize),
  WEBP("RIFF", 8, "WEBP", ByteOrder.LITTLE_ENDIAN, WebpHeader::size),
  BMP("BM", 0, "", ByteOrder.LITTLE_ENDIAN, BmpHeader::size);

  private final byte[] magic;
  private final int secondAt;
  private final byte[] second;
  private final ByteOrder order;
  private final Function<ByteBuffer, Size> header;

  ImageFormat(
      String magic,
      int secondAt,
      String second,
      ByteOrder order,
      Function<ByteBuffer, Size> header) {
    this.magic = magic.getBytes(ISO_8859_1);
    this.secondAt = secondAt;
    this.second = second.getBytes(ISO_8859_1);
    this.order = order;
    this.header = header;
  }

  /** The format of a file that starts at index 0 of the buffer. */
  static ImageFormat of(ByteBuffer bytes) {
    for (ImageFormat format : values()) {
      if (stands(bytes, 0, format.magic) && stands(bytes, format.secondAt, format.second)) {
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
    return header.apply(bytes.duplicate().order(order));
  }

  /** The logical screen of a GIF, which every frame lies within. */
  private static Size gifSize(ByteBuffer bytes) {
    int width = Short.toUnsignedInt(bytes.getShort(6));
    int height = Short.toUnsignedInt(bytes.getShort(8));
    return new Size(height, width);
  }

  private static boolean stands(ByteBuffer bytes, int at, byte[] expected) {
    if (bytes.limit() < at + expected.length) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      if (bytes.get(at + i) != expected[i]) {
        return false;
      }
    }
    return true;
  }
}
