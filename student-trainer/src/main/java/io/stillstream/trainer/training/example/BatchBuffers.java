package io.stillstream.trainer.training.example;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Direct buffers for the inputs of batches. Each is used by one batch at a time and then again, as
 * direct memory is freed only with the next garbage collection. Thread-safe.
 */
final class BatchBuffers {
  private final int most;
  private final List<ByteBuffer> free = new ArrayList<>();

  /**
   * @param most buffers that are kept while no batch uses them
   */
  BatchBuffers(int most) {
    this.most = most;
  }

  /** A buffer of at least so many bytes, which belongs to the caller until it gives it back. */
  ByteBuffer take(int bytes) {
    synchronized (free) {
      for (int i = 0; i < free.size(); i++) {
        if (free.get(i).capacity() >= bytes) {
          return free.remove(i);
        }
      }
    }
    return ByteBuffer.allocateDirect(bytes);
  }

  /** Gives back a buffer that nothing reads or writes any more. */
  void give(ByteBuffer buffer) {
    synchronized (free) {
      free.add(buffer);
      free.sort(Comparator.comparingInt(ByteBuffer::capacity));
      if (free.size() > most) {
        free.remove(0);
      }
    }
  }
}
