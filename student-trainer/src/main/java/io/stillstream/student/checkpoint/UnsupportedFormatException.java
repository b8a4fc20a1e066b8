package io.stillstream.student.checkpoint;

/** A checkpoint is sound, but of a later version of this program: to skip it would lose work. */
public final class UnsupportedFormatException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnsupportedFormatException(String message) {
    super(message);
  }
}
