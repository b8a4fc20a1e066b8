package io.stillstream.local.policy.tune;

import io.stillstream.runtime.config.StartupException;
import java.util.Locale;

/** The bytes that the images of a sample hold in memory, and how many they may. For one thread. */
final class SampleMemory {
  private final long limit;
  private int images;
  private long bytes;

  /**
   * @param limit largest sum, bytes
   */
  SampleMemory(long limit) {
    this.limit = limit;
  }

  /** Half of the heap: the rest is for views and clients. */
  static SampleMemory ofHeap() {
    return new SampleMemory(Runtime.getRuntime().maxMemory() / 2);
  }

  /**
   * Another image is held.
   *
   * @throws StartupException if they are too many bytes together
   */
  void add(int size) {
    images++;
    bytes += size;
    if (bytes > limit) {
      throw new StartupException(
          String.format(
              Locale.ROOT,
              "%,d images of the sample have %,d bytes, at most %,d (half of the heap) fit:"
                  + " lower --sample",
              images,
              bytes,
              limit));
    }
  }

  /** An image is no longer held. */
  void remove(int size) {
    images--;
    bytes -= size;
  }
}
