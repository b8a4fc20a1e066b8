package io.stillstream.trainer.checkpoint.store;

/** A checkpoint is sound, but of a later version of this program: to skip it would lose work. */
public final class UnsupportedCheckpointFormatException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnsupportedCheckpointFormatException(String message) {
    super(message);
  }
}
