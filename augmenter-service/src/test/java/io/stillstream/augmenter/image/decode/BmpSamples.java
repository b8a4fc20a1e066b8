package io.stillstream.augmenter.image.decode;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.IntBinaryOperator;

/** Writes BMP files of many kinds, of the size of the sample picture. */
final class BmpSamples {
  private static final int FILE_HEADER = 14;
  private static final int OLD_HEADER = 12;
  private static final int HEADER = 40;
  private static final int RLE8 = 1;
  private static final int RLE4 = 2;
  private static final int BITFIELDS = 3;

  private BmpSamples() {}

  /** Uncompressed, without a palette: 16 (5-5-5), 24 or 32 bits per pixel by row and column. */
  static byte[] plain(int bits, boolean topDown, IntBinaryOperator pixel) {
    return file(header(bits, 0, topDown), new byte[0], rows(bits, topDown, pixel));
  }

  /** 16 bits, 5-6-5. */
  static byte[] bitfields(IntBinaryOperator pixel) {
    byte[] masks = little(12).putInt(0xF800).putInt(0x07E0).putInt(0x001F).array();
    return file(header(16, BITFIELDS, false), masks, rows(16, false, pixel));
  }

  /** 1, 4 or 8 bits of index into a palette of colours 0xRRGGBB. */
  static byte[] indexed(int bits, int[] palette, IntBinaryOperator index) {
    return file(header(bits, 0, false), table(palette), rows(bits, false, index));
  }

  /** Runs of 4 or 8 bits; no row has two neighbours of unlike colour within a run. */
  static byte[] runs(int bits, int[] palette, IntBinaryOperator index) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int y = SampleImage.HEIGHT - 1; y >= 0; y--) {
      int x = 0;
      while (x < SampleImage.WIDTH) {
        int value = index.applyAsInt(y, x);
        int length = 1;
        while (x + length < SampleImage.WIDTH && index.applyAsInt(y, x + length) == value) {
          length++;
        }
        out.write(length);
        out.write(bits == 8 ? value : value << 4 | value);
        x += length;
      }
      out.write(0);
      out.write(y == 0 ? 1 : 0);
    }
    return file(header(bits, bits == 8 ? RLE8 : RLE4, false), table(palette), out.toByteArray());
  }

  /** 24 bits behind the header of OS/2, 12 bytes. */
  static byte[] old(IntBinaryOperator pixel) {
    byte[] header =
        little(OLD_HEADER)
            .putInt(OLD_HEADER)
            .putShort((short) SampleImage.WIDTH)
            .putShort((short) SampleImage.HEIGHT)
            .putShort((short) 1)
            .putShort((short) 24)
            .array();
    return file(header, new byte[0], rows(24, false, pixel));
  }

  private static byte[] header(int bits, int compression, boolean topDown) {
    return little(HEADER)
        .putInt(HEADER)
        .putInt(SampleImage.WIDTH)
        .putInt(topDown ? -SampleImage.HEIGHT : SampleImage.HEIGHT)
        .putShort((short) 1)
        .putShort((short) bits)
        .putInt(compression)
        .array();
  }

  private static byte[] table(int[] palette) {
    ByteBuffer table = ByteBuffer.allocate(palette.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    for (int colour : palette) {
      table.putInt(colour);
    }
    return table.array();
  }

  private static byte[] rows(int bits, boolean topDown, IntBinaryOperator pixel) {
    int rowBytes = (SampleImage.WIDTH * bits + 31) / 32 * 4;
    byte[] rows = new byte[SampleImage.HEIGHT * rowBytes];
    for (int y = 0; y < SampleImage.HEIGHT; y++) {
      int start = (topDown ? y : SampleImage.HEIGHT - 1 - y) * rowBytes;
      for (int x = 0; x < SampleImage.WIDTH; x++) {
        int value = pixel.applyAsInt(y, x);
        if (bits < 8) {
          rows[start + x * bits / 8] |= (byte) (value << (8 - bits - x * bits % 8));
        } else {
          for (int i = 0; i < bits / 8; i++) {
            rows[start + x * bits / 8 + i] = (byte) (value >> (8 * i));
          }
        }
      }
    }
    return rows;
  }

  private static byte[] file(byte[] header, byte[] table, byte[] data) {
    int offset = FILE_HEADER + header.length + table.length;
    return little(offset + data.length)
        .put(new byte[] {'B', 'M'})
        .putInt(offset + data.length)
        .putInt(0)
        .putInt(offset)
        .put(header)
        .put(table)
        .put(data)
        .array();
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
