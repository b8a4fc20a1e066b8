package io.stillstream.schemas.wire;

import java.nio.ByteBuffer;
import java.util.OptionalInt;
import org.apache.kafka.common.errors.SerializationException;

/**
 * The frame around every record: a zero byte, the schema's id as four bytes big-endian, then Avro's
 * binary encoding.
 */
final class WireFormat {
  static final int HEADER = 5;
  private static final byte MAGIC = 0;

  private WireFormat() {}

  static byte[] header(int id) {
    return ByteBuffer.allocate(HEADER).put(MAGIC).putInt(id).array();
  }

  /**
   * The id of the schema that a framed record was written with.
   *
   * @throws SerializationException when the bytes are not framed
   */
  static int id(String topic, byte[] record) {
    if (record.length < HEADER) {
      throw malformed(
          topic, "truncated: " + record.length + " bytes, the header alone takes " + HEADER, null);
    }
    if (record[0] != MAGIC) {
      throw malformed(
          topic, "no magic byte: it starts with 0x%02X, not 0x00".formatted(record[0]), null);
    }
    int id = ByteBuffer.wrap(record, 1, Integer.BYTES).getInt();
    if (id < 0) {
      throw malformed(topic, "schema id " + id + " is negative", null);
    }
    return id;
  }

  /** The same; empty where there is none. */
  static OptionalInt peek(byte[] record) {
    if (record == null || record.length < HEADER || record[0] != MAGIC || record[1] < 0) {
      return OptionalInt.empty();
    }
    return OptionalInt.of(ByteBuffer.wrap(record, 1, Integer.BYTES).getInt());
  }

  static SerializationException malformed(String topic, String what, Throwable cause) {
    return new SerializationException("Record of topic " + topic + " is malformed: " + what, cause);
  }
}
