package io.stillstream.teacher.labels;

/** A model failed on a batch. The message is one line, fit for a log and a header. */
public final class InferenceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public InferenceException(String message, Throwable cause) {
    super(message, cause);
  }

  public InferenceException(String message) {
    this(message, null);
  }
}
