package io.stillstream.schemas.values;

import java.nio.ByteBuffer;

/** Byte arrays of the buffers that Avro records hold. */
public final class ByteArrays {
  private ByteArrays() {}

  /** A copy of what the buffer holds from position to limit; neither changes. */
  public static byte[] copyOf(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }
}
