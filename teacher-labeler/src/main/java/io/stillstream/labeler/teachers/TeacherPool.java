package io.stillstream.labeler.teachers;

/**
 * The loaded teachers. They can be replaced at any time; a batch keeps those of its {@link
 * TeacherLease}. Safe for use by several threads.
 */
public interface TeacherPool extends AutoCloseable {
  /** A lease on the current teachers; the caller closes it. */
  TeacherLease acquire();

  /** Closes the current teachers when the last lease on them is closed. */
  @Override
  void close();
}
