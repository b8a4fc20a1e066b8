package io.stillstream.augmenter.image.decode;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Puts an EXIF orientation into files of the three formats that can carry one. */
public final class ExifSamples {
  private static final int TIFF_LENGTH = 38;

  private ExifSamples() {}

  /** A TIFF header and a directory of two entries: a software tag's neighbour and orientation. */
  public static byte[] tiff(ByteOrder order, int orientation) {
    boolean little = order == ByteOrder.LITTLE_ENDIAN;
    ByteBuffer tiff = ByteBuffer.allocate(TIFF_LENGTH).order(order);
    tiff.put((little ? "II" : "MM").getBytes(StandardCharsets.US_ASCII));
    tiff.putShort((short) 42).putInt(8).putShort((short) 2);
    entry(tiff, 0x0112, orientation);
    entry(tiff, 0x0128, 2); // unit of resolution: inch
    return tiff.array();
  }

  private static void entry(ByteBuffer tiff, int tag, int value) {
    tiff.putShort((short) tag).putShort((short) 3).putInt(1);
    tiff.putShort((short) value).putShort((short) 0);
  }

  /** A JPEG with EXIF data behind its first marker. */
  public static byte[] jpeg(byte[] jpeg, byte[] tiff) {
    return ByteBuffer.allocate(jpeg.length + 10 + tiff.length)
        .put(jpeg, 0, 2)
        .putShort((short) 0xFFE1)
        .putShort((short) (8 + tiff.length))
        .put(new byte[] {'E', 'x', 'i', 'f', 0, 0})
        .put(tiff)
        .put(jpeg, 2, jpeg.length - 2)
        .array();
  }

  /** A PNG with EXIF data before its image data or, as is allowed, before its end. */
  static byte[] png(byte[] png, byte[] tiff, String before) {
    return PngSamples.withChunk(png, PngSamples.chunk("eXIf", tiff), before);
  }

  /** A plain WebP made an extended one with EXIF data at its end. */
  static byte[] webp(byte[] webp, byte[] tiff) {
    int image = webp.length - 12;
    return ByteBuffer.allocate(12 + 18 + image + 8 + tiff.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(webp, 0, 4)
        .putInt(4 + 18 + image + 8 + tiff.length)
        .put(webp, 8, 4)
        .put("VP8X".getBytes(StandardCharsets.US_ASCII))
        .putInt(10)
        .putInt(0x08) // has EXIF data
        .putShort((short) (SampleImage.WIDTH - 1))
        .put((byte) 0)
        .putShort((short) (SampleImage.HEIGHT - 1))
        .put((byte) 0)
        .put(webp, 12, image)
        .put("EXIF".getBytes(StandardCharsets.US_ASCII))
        .putInt(tiff.length)
        .put(tiff)
        .array();
  }
}
