package io.stillstream.trainer.replica;

import java.io.IOException;

/** What the store has is not what was brought there; the message names the object. */
public final class CorruptObjectException extends IOException {
  private static final long serialVersionUID = 1L;

  public CorruptObjectException(String message) {
    super(message);
  }
}
