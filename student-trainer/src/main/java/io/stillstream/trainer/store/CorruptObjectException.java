package io.stillstream.trainer.store;

import java.io.IOException;

/** What the store has is not what was brought there; the message names the object. */
final class CorruptObjectException extends IOException {
  private static final long serialVersionUID = 1L;

  CorruptObjectException(String message) {
    super(message);
  }
}
