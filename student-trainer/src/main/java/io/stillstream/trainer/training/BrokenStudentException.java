package io.stillstream.trainer.training;

/** A student failed in the midst of a change, so that only its checkpoint tells what it was. */
public final class BrokenStudentException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public BrokenStudentException(String message, Throwable cause) {
    super(message, cause);
  }
}
