package io.stillstream.labeler.inference;

/**
 * A teacher fails on every view, so that only a new process or an operator helps. The message is
 * one line.
 */
public final class BrokenTeacherException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public BrokenTeacherException(String message, Throwable cause) {
    super(message, cause);
  }
}
