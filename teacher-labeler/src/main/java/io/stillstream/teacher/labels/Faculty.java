package io.stillstream.teacher.labels;

/**
 * Whoever teaches at the moment. One {@link Term} follows another when teachers are replaced;
 * batches that have begun under the old one end under it. Safe for use by several threads.
 */
public interface Faculty extends AutoCloseable {
  /** The term of now, held until it is closed. */
  Term enter();

  /** Ends the last term; what holds one is to be done with it before. */
  @Override
  void close();
}
