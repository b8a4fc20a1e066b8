package io.stillstream.labeler.model;

/**
 * A teacher that another server computes does not answer now: that is no view's fault, and the
 * batch is to be repeated until it does. The message is one line.
 */
public final class TeacherUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TeacherUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }

  public TeacherUnavailableException(String message) {
    this(message, null);
  }
}
