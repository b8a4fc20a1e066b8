package io.stillstream.augmenter.fetch;

/** Room in memory for the bytes of one object that is being read. For the thread that reads it. */
@FunctionalInterface
public interface ObjectRoom {
  /** For an object whose size is not known before it has been read. */
  long LARGEST = Long.MAX_VALUE;

  /**
   * Waits until there is room for so many bytes of the object in all, those before included. A
   * source calls it as soon as it knows the size, before it keeps the bytes, and again if there are
   * more.
   *
   * @param bytes more than the settings allow for one object, or {@link #LARGEST}, count as many as
   *     they allow
   * @throws java.util.concurrent.CancellationException if the object is no longer needed
   */
  void reserve(long bytes) throws InterruptedException;
}
