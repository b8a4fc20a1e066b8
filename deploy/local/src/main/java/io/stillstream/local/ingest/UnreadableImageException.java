package io.stillstream.local.ingest;

/** A file that cannot be sent; it is skipped, and the message says why. */
final class UnreadableImageException extends Exception {
  private static final long serialVersionUID = 1L;

  UnreadableImageException(String message) {
    super(message);
  }
}
