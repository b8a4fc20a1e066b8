package io.stillstream.augmenter.image;

import java.nio.ByteBuffer;
import org.bytedeco.javacpp.BytePointer;

/**
 * A native buffer that is filled again and again, and grows as needed. Closing frees it. For one
 * thread.
 */
final class NativeBytes implements AutoCloseable {
  private BytePointer memory = new BytePointer(1 << 16);

  /** Copies the bytes in; the pointer is good until the next call. */
  BytePointer of(ByteBuffer bytes) {
    int length = bytes.remaining();
    if (memory.capacity() < length) {
      release();
      memory = new BytePointer((long) length + length / 4);
    }
    memory.position(0);
    if (bytes.hasArray()) {
      memory.put(bytes.array(), bytes.arrayOffset() + bytes.position(), length);
    } else {
      byte[] copy = new byte[length];
      bytes.duplicate().get(copy);
      memory.put(copy, 0, length);
    }
    return memory;
  }

  /** Frees a buffer that one unusual image has made large. */
  void shrink(long limit) {
    if (memory.capacity() > limit) {
      release();
    }
  }

  /** Leaves an empty buffer: if there is no memory for the next one, later images still find it. */
  private void release() {
    memory.close();
    memory = new BytePointer();
  }

  @Override
  public void close() {
    memory.close();
  }
}
