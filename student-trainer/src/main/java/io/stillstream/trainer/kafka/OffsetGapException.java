package io.stillstream.trainer.kafka;

/** Records are gone that the student has not seen, and the configuration says to stop then. */
public final class OffsetGapException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  OffsetGapException(String message) {
    super(message);
  }
}
