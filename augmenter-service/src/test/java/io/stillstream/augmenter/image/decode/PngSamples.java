package io.stillstream.augmenter.image.decode;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.IntBinaryOperator;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Writes PNG files of every colour type and depth, of the size of the sample picture. */
final class PngSamples {
  static final int GREY = 0;
  static final int RGB = 2;
  static final int PALETTE = 3;
  static final int GREY_ALPHA = 4;
  static final int RGBA = 6;

  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

  private PngSamples() {}

  /**
   * A file.
   *
   * @param depth bits per sample
   * @param samples value of each sample by row and index in the row
   * @param extra chunks between the header and the data
   */
  static byte[] file(int depth, int colourType, IntBinaryOperator samples, byte[]... extra) {
    int perRow = SampleImage.WIDTH * channels(colourType);
    int rowBytes = (perRow * depth + 7) / 8;
    byte[] rows = new byte[SampleImage.HEIGHT * (rowBytes + 1)];
    for (int y = 0; y < SampleImage.HEIGHT; y++) {
      int start = y * (rowBytes + 1) + 1;
      for (int i = 0; i < perRow; i++) {
        int value = samples.applyAsInt(y, i);
        if (depth == 16) {
          rows[start + 2 * i] = (byte) (value >> 8);
          rows[start + 2 * i + 1] = (byte) value;
        } else {
          rows[start + i * depth / 8] |= (byte) (value << (8 - depth - i * depth % 8));
        }
      }
    }
    byte[] header =
        ByteBuffer.allocate(13)
            .putInt(SampleImage.WIDTH)
            .putInt(SampleImage.HEIGHT)
            .put(new byte[] {(byte) depth, (byte) colourType, 0, 0, 0})
            .array();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(SIGNATURE);
    out.writeBytes(chunk("IHDR", header));
    for (byte[] chunk : extra) {
      out.writeBytes(chunk);
    }
    out.writeBytes(chunk("IDAT", deflate(rows)));
    out.writeBytes(chunk("IEND", new byte[0]));
    return out.toByteArray();
  }

  /** A chunk with its length and sum. */
  static byte[] chunk(String type, byte[] data) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 sum = new CRC32();
    sum.update(name);
    sum.update(data);
    return ByteBuffer.allocate(12 + data.length)
        .putInt(data.length)
        .put(name)
        .put(data)
        .putInt((int) sum.getValue())
        .array();
  }

  /** Puts a chunk before the first one of the given type. */
  static byte[] withChunk(byte[] png, byte[] chunk, String before) {
    int at = new String(png, StandardCharsets.ISO_8859_1).indexOf(before) - 4;
    return ByteBuffer.allocate(png.length + chunk.length)
        .put(png, 0, at)
        .put(chunk)
        .put(png, at, png.length - at)
        .array();
  }

  private static int channels(int colourType) {
    return switch (colourType) {
      case RGB -> 3;
      case GREY_ALPHA -> 2;
      case RGBA -> 4;
      default -> 1;
    };
  }

  private static byte[] deflate(byte[] data) {
    Deflater deflater = new Deflater();
    deflater.setInput(data);
    deflater.finish();
    byte[] packed = new byte[data.length + 100];
    int length = deflater.deflate(packed);
    deflater.end();
    return ByteBuffer.allocate(length).put(packed, 0, length).array();
  }
}
