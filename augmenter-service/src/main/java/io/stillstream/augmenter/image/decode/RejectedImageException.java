package io.stillstream.augmenter.image.decode;

/**
 * Thrown for an image that cannot become views, whatever is tried. Carries no stack trace: the
 * reason says it all.
 */
public final class RejectedImageException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final RejectionReason reason;

  RejectedImageException(RejectionReason reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  /** Why. */
  public RejectionReason reason() {
    return reason;
  }
}
