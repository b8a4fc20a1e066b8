package io.stillstream.trainer.ledger;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * The CRC-32C at the end of each line of the ledger, over all that stands before it: {@code
 * {…,"crc32c":"9f0e1d2c"}}. Lines that an earlier version wrote have none.
 */
final class LineChecksum {
  private static final String KEY = ",\"crc32c\":\"";
  private static final byte[] KEY_BYTES = KEY.getBytes(US_ASCII);
  private static final int DIGITS = 8;
  private static final String END = "\"}";
  private static final int LENGTH = KEY.length() + DIGITS + END.length();

  private LineChecksum() {}

  /** A JSON object with its checksum. */
  static String added(String json) {
    String content = json.substring(0, json.length() - 1);
    byte[] bytes = content.getBytes(UTF_8);
    return content + KEY + crc(bytes, bytes.length) + END;
  }

  /** Whether a line, without its line feed, is not what was written; an empty one says nothing. */
  static boolean isDamaged(byte[] line) {
    if (line.length == 0) {
      return false;
    }
    if (line.length < 2 || line[0] != '{' || line[line.length - 1] != '}') {
      return true;
    }
    int content = line.length - LENGTH;
    if (content < 0
        || !Arrays.equals(
            line, content, content + KEY_BYTES.length, KEY_BYTES, 0, KEY_BYTES.length)) {
      return false;
    }
    byte[] tail = (crc(line, content) + END).getBytes(US_ASCII);
    return !Arrays.equals(line, content + KEY_BYTES.length, line.length, tail, 0, tail.length);
  }

  private static String crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }
}
