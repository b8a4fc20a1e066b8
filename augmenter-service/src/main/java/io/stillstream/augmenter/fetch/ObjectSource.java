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

  /**
   * The same, and memory is asked for first. A source that learns the size of an object while it
   * reads, as from a header, asks for as much; others ask for the largest object that may come.
   *
   * @param room asked before the bytes are kept
   */
  default byte[] read(ObjectReference reference, ObjectRoom room) throws InterruptedException {
    room.reserve(reference.size().orElse(ObjectRoom.LARGEST));
    return read(reference);
  }

  @Override
  void close();
}
