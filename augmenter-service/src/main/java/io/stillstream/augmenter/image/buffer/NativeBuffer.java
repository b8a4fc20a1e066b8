package io.stillstream.augmenter.image.buffer;

import java.nio.ByteBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.opencv_core.Mat;

/** A native buffer that is reused and grows as needed. Closing frees it. For one thread. */
public final class NativeBuffer implements AutoCloseable {
  private static final int SMALLEST = 1 << 16;

  private BytePointer memory = new BytePointer();

  /** Copies the bytes in; the pointer is valid until the next call. */
  public BytePointer of(ByteBuffer bytes) {
    int length = bytes.remaining();
    if (memory.capacity() < length) {
      release();
      memory = new BytePointer(Math.max(SMALLEST, (long) length + length / 4));
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

  /** Frees the buffer if it is larger than the limit, bytes. */
  public void shrink(long limit) {
    if (memory.capacity() > limit) {
      release();
    }
  }

  /** A copy of the pixels of a continuous image, shape [height, width, channels]. */
  public static byte[] copy(Mat image) {
    byte[] bytes = new byte[Math.toIntExact(image.total() * image.elemSize())];
    image.data().get(bytes);
    return bytes;
  }

  /** Frees the pixels of an image if they take more than the limit, bytes. */
  public static void shrink(Mat image, long limit) {
    if (!image.empty() && image.total() * image.elemSize() > limit) {
      image.release();
    }
  }

  /** Leaves an empty buffer, so that it stays usable if the next allocation fails. */
  private void release() {
    memory.close();
    memory = new BytePointer();
  }

  @Override
  public void close() {
    memory.close();
  }
}
