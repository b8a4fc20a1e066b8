package io.stillstream.trainer.release;

import java.io.IOException;

/** A release is not there, or is not what its card says; the message names it and says why. */
public final class ReleaseException extends IOException {
  private static final long serialVersionUID = 1L;

  ReleaseException(String message) {
    super(message);
  }

  ReleaseException(String message, Throwable cause) {
    super(message, cause);
  }
}
