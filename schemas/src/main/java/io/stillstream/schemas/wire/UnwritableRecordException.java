package io.stillstream.schemas.wire;

import org.apache.kafka.common.errors.SerializationException;

/** An object does not fit its schema; the registry has nothing to do with it. */
public final class UnwritableRecordException extends SerializationException {
  private static final long serialVersionUID = 1L;

  public UnwritableRecordException(String message, Throwable cause) {
    super(message, cause);
  }
}
