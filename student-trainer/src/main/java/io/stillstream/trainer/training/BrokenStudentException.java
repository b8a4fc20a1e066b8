package io.stillstream.trainer.training;

/** A student failed in the middle of a change: only its checkpoint has the state before. */
public final class BrokenStudentException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public BrokenStudentException(String message, Throwable cause) {
    super(message, cause);
  }
}
