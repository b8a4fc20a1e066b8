package io.stillstream.student.store;

import java.io.IOException;

/** What the store has is not what was brought there; the message names the object. */
final class DamagedException extends IOException {
  private static final long serialVersionUID = 1L;

  DamagedException(String message) {
    super(message);
  }
}
