package io.stillstream.labeler.model;

/** A batch in the memory of the model that prepared it. Closing releases the memory. */
public interface DeviceBatch extends AutoCloseable {
  /** Views in the batch. */
  int size();

  /** To be called once, after inference. */
  @Override
  void close();
}
