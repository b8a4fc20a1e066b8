package io.stillstream.augmenter.fetch;

/** An object that cannot be read now, because its store is away, overloaded or denies access. */
public final class UnavailableObjectException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message names the address and what is wrong, without user, password, query or signature
   */
  public UnavailableObjectException(String message, Throwable cause) {
    super(message, cause);
  }
}
