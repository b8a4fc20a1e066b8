package io.stillstream.augmenter.fetch;

/** Reads whole objects by their addresses. Thread-safe. */
public interface ObjectSource extends AutoCloseable {
  /**
   * Reads an object, and checks it against what the reference says of it.
   *
   * @throws RejectedObjectException if it cannot become right by waiting
   * @throws UnavailableObjectException if it may become right by waiting
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  byte[] read(ObjectReference reference) throws InterruptedException;

  @Override
  void close();
}
