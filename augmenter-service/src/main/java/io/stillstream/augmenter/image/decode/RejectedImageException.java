package io.stillstream.augmenter.image.decode;

/** Thrown for an image that can never become views. It has no stack trace: the reason suffices. */
public final class RejectedImageException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final RejectionReason reason;

  RejectedImageException(RejectionReason reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  /** Why the image was rejected. */
  public RejectionReason reason() {
    return reason;
  }
}
