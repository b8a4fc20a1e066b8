package io.stillstream.trainer.training.divergence;

/** Training has diverged too often: it needs manual intervention. */
public final class DivergedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public DivergedException(String message) {
    super(message);
  }
}
