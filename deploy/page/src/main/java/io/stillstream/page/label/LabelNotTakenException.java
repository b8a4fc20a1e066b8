package io.stillstream.page.label;

/** A label could not be written; it may be sent again, as a second one replaces the first. */
final class LabelNotTakenException extends Exception {
  private static final long serialVersionUID = 1L;

  LabelNotTakenException(String message, Throwable cause) {
    super(message, cause);
  }
}
