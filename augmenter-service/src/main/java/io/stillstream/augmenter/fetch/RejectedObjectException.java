package io.stillstream.augmenter.fetch;

/** An object that cannot be used, however long one waits. */
public final class RejectedObjectException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ObjectRejection reason;

  /**
   * @param message names the address and what is wrong, without user, password, query or signature
   */
  public RejectedObjectException(ObjectRejection reason, String message) {
    super(message);
    this.reason = reason;
  }

  public ObjectRejection reason() {
    return reason;
  }
}
