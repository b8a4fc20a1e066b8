package io.stillstream.augmenter.fetch.source;

/**
 * A store answers that it does not give an object out. Whether that is about the object, or about
 * us, only another object of the same prefix can tell.
 */
final class RefusedObjectException extends Exception {
  private static final long serialVersionUID = 1L;

  RefusedObjectException(String message, Throwable cause) {
    super(message, cause);
  }
}
