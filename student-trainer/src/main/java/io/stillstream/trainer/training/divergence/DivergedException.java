package io.stillstream.trainer.training.divergence;

/** Training diverges again and again: somebody has to look at it. */
public final class DivergedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public DivergedException(String message) {
    super(message);
  }
}
