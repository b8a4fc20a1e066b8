package io.stillstream.schemas.image;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** JPEG files of a chosen size and chosen scans, written by hand. */
final class JpegSamples {
  static final int SEQUENTIAL = 0xC0;
  static final int PROGRESSIVE = 0xC2;
  static final int ARITHMETIC = 0xC9;

  /** Blocks that one end-of-band run covers. */
  private static final int RUN = 32_767;

  private JpegSamples() {}

  /** A frame of components 1, 2 and so on, given by their sampling factors, and tables for them. */
  static byte[] frame(int kind, int height, int width, int... sampling) {
    String components =
        IntStream.range(0, sampling.length)
            .mapToObj(i -> "%02X%02X00".formatted(i + 1, sampling[i]))
            .collect(Collectors.joining());
    return hex(
        "FFD8 FFDB0043 00" + "10".repeat(64),
        "FF%02X%04X08%04X%04X%02X"
            .formatted(kind, 8 + 3 * sampling.length, height, width, sampling.length),
        components,
        // DC: one code, of one bit, for no difference. AC: one code, of one bit, for a run of bands
        "FFC40014 00 01000000000000000000000000000000 00",
        "FFC40014 10 01000000000000000000000000000000 E0");
  }

  /** Start of a scan of coefficients from first to last. */
  static byte[] scan(int first, int last, int bits, int... components) {
    return hex(
        "FFDA%04X%02X".formatted(6 + 2 * components.length, components.length),
        IntStream.of(components).mapToObj("%02X00"::formatted).collect(Collectors.joining()),
        "%02X%02X%02X".formatted(first, last, bits));
  }

  /** All scans of libjpeg's script for progressive files of luma and two chromas. */
  static byte[] encodersScans() {
    return join(
        scan(0, 0, 0x01, 1, 2, 3),
        scan(1, 5, 0x02, 1),
        scan(1, 63, 0x01, 3),
        scan(1, 63, 0x01, 2),
        scan(6, 63, 0x02, 1),
        scan(1, 63, 0x21, 1),
        scan(0, 0, 0x10, 1, 2, 3),
        scan(1, 63, 0x10, 3),
        scan(1, 63, 0x10, 2),
        scan(1, 63, 0x10, 1));
  }

  /** A file that decodes, of a size, whose scans cost what a scan can: they refine all blocks. */
  static byte[] refining(int side, int components, int scans) {
    int[] all = IntStream.rangeClosed(1, components).toArray();
    byte[] runs = runs((long) ((side + 7) / 8) * ((side + 7) / 8));
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    int[] sampling = new int[components];
    java.util.Arrays.fill(sampling, 0x11);
    file.writeBytes(frame(PROGRESSIVE, side, side, sampling));
    file.writeBytes(scan(0, 0, 0, all));
    for (int i = 1; i < scans; i++) {
      int pass = (i - 1) / components;
      // The first names the bit, each of the following the next one, and the last one stays.
      int low = Math.max(0, 13 - pass);
      int high = pass == 0 ? 0 : low + 1;
      file.writeBytes(scan(1, 63, high << 4 | low, 1 + (i - 1) % components));
      file.writeBytes(runs);
    }
    file.writeBytes(hex("FFD9"));
    return file.toByteArray();
  }

  private static byte[] runs(long blocks) {
    StringBuilder bits = new StringBuilder();
    for (long left = blocks; left > 0; left -= RUN) {
      bits.append("011111111111111");
    }
    while (bits.length() % 8 != 0) {
      bits.append('1');
    }
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    for (int i = 0; i < bits.length(); i += 8) {
      int value = Integer.parseInt(bits.substring(i, i + 8), 2);
      data.write(value);
      if (value == 0xFF) {
        data.write(0);
      }
    }
    return data.toByteArray();
  }

  static byte[] times(int count, byte[] part) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < count; i++) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  static byte[] hex(String... digits) {
    return HexFormat.of().parseHex(String.join("", digits).replace(" ", ""));
  }
}
