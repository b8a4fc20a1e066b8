package io.stillstream.embedded;

/**
 * Says in one line why the embedded broker or registry cannot start: a port, a directory, a file.
 */
public final class EmbeddedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public EmbeddedException(String message) {
    super(message);
  }

  public EmbeddedException(String message, Throwable cause) {
    super(message, cause);
  }
}
