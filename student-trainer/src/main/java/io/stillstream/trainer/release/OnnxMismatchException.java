package io.stillstream.trainer.release;

import java.io.IOException;

/** A student as ONNX does not answer as the student does; the message says what differs. */
public final class OnnxMismatchException extends IOException {
  private static final long serialVersionUID = 1L;

  public OnnxMismatchException(String message) {
    super(message);
  }

  public OnnxMismatchException(String message, Throwable cause) {
    super(message, cause);
  }
}
