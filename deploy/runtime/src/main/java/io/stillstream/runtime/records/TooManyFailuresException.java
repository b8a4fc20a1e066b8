package io.stillstream.runtime.records;

/**
 * Thrown when so many records in a row have failed unexpectedly that it must be the program; the
 * message names the setting, and the last record with its failure.
 */
public final class TooManyFailuresException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TooManyFailuresException(String message) {
    super(message);
  }
}
