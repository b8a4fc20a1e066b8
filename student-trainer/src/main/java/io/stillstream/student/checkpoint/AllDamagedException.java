package io.stillstream.student.checkpoint;

import java.io.IOException;

/** There are checkpoints, and none of them is sound; the message says where. */
public final class AllDamagedException extends IOException {
  private static final long serialVersionUID = 1L;

  AllDamagedException(String message) {
    super(message);
  }
}
