package io.stillstream.trainer.training;

/** Training diverges again and again: somebody has to look at it. */
public final class DivergedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  DivergedException(String message) {
    super(message);
  }
}
