package io.stillstream.student.store;

/** Another trainer owns the student's place in the store; the message says which. */
final class TakenOverException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  TakenOverException(String message) {
    super(message);
  }
}
