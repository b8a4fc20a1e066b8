package io.stillstream.labeler.model;

/** A batch laid out for the teacher that made it. Closing gives its memory back. */
public interface PreparedBatch extends AutoCloseable {
  /** Views in the batch. */
  int size();

  /** Once; the teacher must be done with it. */
  @Override
  void close();
}
