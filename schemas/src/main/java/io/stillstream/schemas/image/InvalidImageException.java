package io.stillstream.schemas.image;

/** Thrown for pixels that do not match their record, or cannot be decoded within the limits. */
public final class InvalidImageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The reason of a JPEG whose scans would take too much work. */
  public static final String TOO_MANY_SCANS = Reason.SCANS.tag;

  /** The reason, as a metric tag. */
  public enum Reason {
    /** Height, width or channels out of range. */
    SHAPE("pixel-shape"),
    /** Raw pixels that are fewer or more than the shape requires. */
    LENGTH("pixel-length"),
    /** The file's own size or channels differ from the record's. */
    MISMATCH("pixel-mismatch"),
    /** Not a file of that kind, truncated or corrupt. */
    UNDECODABLE("pixel-undecodable"),
    /** The scans of a JPEG take too much work. */
    SCANS("pixel-scans");

    private final String tag;

    Reason(String tag) {
      this.tag = tag;
    }
  }

  private final Reason reason;

  InvalidImageException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  InvalidImageException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /**
   * One of {@code pixel-shape}, {@code pixel-length}, {@code pixel-mismatch}, {@code
   * pixel-undecodable}, {@code pixel-scans}.
   */
  public String reason() {
    return reason.tag;
  }
}
