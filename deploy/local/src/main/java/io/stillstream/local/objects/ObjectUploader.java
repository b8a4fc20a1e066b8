package io.stillstream.local.objects;

import java.io.IOException;

/** Writes new objects below one prefix. Thread-safe. */
public interface ObjectUploader extends AutoCloseable {
  /**
   * Writes an object, unless it is there already with the same bytes. One with other bytes is left
   * as it is: events refer to it.
   *
   * @param name below the prefix, with slashes between folders
   * @param contentType media type
   * @return its address
   * @throws RejectedNameException if there is another object of that name, or the name cannot be
   *     used
   * @throws IOException if the store does not take it; the message names the object and the reason
   */
  String upload(String name, byte[] bytes, String contentType) throws IOException;

  @Override
  void close();
}
