package io.stillstream.labeler.inference;

/**
 * A teacher fails whatever it is asked, so that only a new process, or a person, helps. The message
 * is one line.
 */
public final class BrokenTeacherException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public BrokenTeacherException(String message, Throwable cause) {
    super(message, cause);
  }
}
