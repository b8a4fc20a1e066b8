package io.stillstream.trainer.replica;

/** Another trainer owns the student's place in the store; the message says which. */
final class FencedException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  FencedException(String message) {
    super(message);
  }
}
