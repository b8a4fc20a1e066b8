package io.stillstream.runtime.lookup;

/** Thrown for a record that is no longer, or not, where it should be; the message says why. */
public final class RecordNotFoundException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean expired;

  public RecordNotFoundException(String message) {
    this(message, null, false);
  }

  public RecordNotFoundException(String message, Throwable cause) {
    this(message, cause, false);
  }

  private RecordNotFoundException(String message, Throwable cause, boolean expired) {
    super(message, cause, false, false);
    this.expired = expired;
  }

  /** Of a record that was there, and that the topic's retention has removed. */
  static RecordNotFoundException expired(String message, Throwable cause) {
    return new RecordNotFoundException(message, cause, true);
  }

  /** Whether the record was there, and the topic's retention has removed it. */
  public boolean isExpired() {
    return expired;
  }
}
