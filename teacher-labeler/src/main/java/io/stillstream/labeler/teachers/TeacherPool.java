package io.stillstream.labeler.teachers;

/**
 * Whoever teaches at the moment. One {@link TeacherLease} follows another when teachers are
 * replaced; batches that have begun under the old one end under it. Safe for use by several
 * threads.
 */
public interface TeacherPool extends AutoCloseable {
  /** The term of now, held until it is closed. */
  TeacherLease acquire();

  /** Ends the last term; what holds one is to be done with it before. */
  @Override
  void close();
}
