package io.stillstream.page.label;

import io.stillstream.schemas.ImageLabel;

/** Writes a label to its topic. Safe for all threads. */
interface LabelSender extends AutoCloseable {
  /**
   * Writes it, and returns when the brokers have it.
   *
   * @throws LabelNotTakenException if they do not have it within some seconds
   */
  void send(ImageLabel label) throws LabelNotTakenException, InterruptedException;

  @Override
  void close();
}
