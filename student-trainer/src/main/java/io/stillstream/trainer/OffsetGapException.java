package io.stillstream.trainer;

/** Records are gone that the student has not seen, and the configuration says to stop then. */
final class OffsetGapException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  OffsetGapException(String message) {
    super(message);
  }
}
