package io.stillstream.augmenter.fetch.source;

import io.stillstream.augmenter.fetch.ObjectAddress;

/** Reads the objects of one scheme, or of two. Thread-safe. */
interface SchemeReader extends AutoCloseable {
  /**
   * Reads an object that the settings allow.
   *
   * @throws RefusedObjectException if the store does not give it out
   * @throws io.stillstream.augmenter.fetch.RejectedObjectException if it is absent, or has another
   *     size than the limit says
   * @throws io.stillstream.augmenter.fetch.UnavailableObjectException if it may be read later
   */
  byte[] read(ObjectAddress address, SizeLimit limit)
      throws RefusedObjectException, InterruptedException;

  /** Begins to read an object, as {@link #read} does, and leaves it at that. */
  void probe(ObjectAddress address) throws RefusedObjectException, InterruptedException;

  /** Ends what is being read. */
  @Override
  void close();
}
