package io.stillstream.runtime.records;

import java.util.Objects;

/**
 * A record that cannot be processed, however often it is tried: it goes to dead letters. {@code
 * reason} becomes a metric's tag, so it comes from a short closed list such as {@code malformed}
 * and never holds anything of the record.
 */
public final class BadRecordException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String reason;

  public BadRecordException(String reason, String message) {
    this(reason, message, null);
  }

  public BadRecordException(String reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  public String reason() {
    return reason;
  }
}
