package io.stillstream.local.replay;

import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.image.PixelCodec;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * The quality that a JPEG file of a view was written with. The file tells: each quality has
 * quantisation tables of its own (ITU-T T.81, B.2.4.1). So a view can be encoded again without the
 * policy that it was made under.
 */
final class JpegQualityDetector {
  private static final int MAX = 100;
  private static final int SIDE = 8;
  private static final int QUANTISATION_TABLES = 0xdb;
  private static final int START_OF_SCAN = 0xda;

  private JpegQualityDetector() {}

  /**
   * The quality, 0 to 100; empty if the file is none that this encoder writes.
   *
   * @param channels of the view, 1 or 3
   */
  static OptionalInt of(ByteBuffer file, int channels) {
    byte[] tables = tables(file);
    byte[] grey = new byte[SIDE * SIDE * channels];
    for (int quality = MAX; quality >= 0 && tables.length > 0; quality--) {
      ByteBuffer sample =
          PixelCodec.encode(PixelEncoding.JPEG, SIDE, SIDE, channels, grey, quality);
      if (Arrays.equals(tables(sample), tables)) {
        return OptionalInt.of(quality);
      }
    }
    return OptionalInt.empty();
  }

  /** All segments of quantisation tables before the first scan; empty if it is no JPEG file. */
  private static byte[] tables(ByteBuffer file) {
    ByteBuffer bytes = file.slice();
    ByteArrayOutputStream tables = new ByteArrayOutputStream();
    int at = 2;
    while (at + 4 <= bytes.limit() && (bytes.get(at) & 0xff) == 0xff) {
      int marker = bytes.get(at + 1) & 0xff;
      int end = at + 2 + (bytes.getShort(at + 2) & 0xffff);
      if (marker == START_OF_SCAN || end > bytes.limit()) {
        break;
      }
      for (int i = at; marker == QUANTISATION_TABLES && i < end; i++) {
        tables.write(bytes.get(i));
      }
      at = end;
    }
    return tables.toByteArray();
  }
}
