package io.stillstream.schemas.wire;

import org.apache.kafka.common.errors.SerializationException;

/** Thrown for an object that does not fit its schema, independent of the registry. */
public final class UnwritableRecordException extends SerializationException {
  private static final long serialVersionUID = 1L;

  public UnwritableRecordException(String message, Throwable cause) {
    super(message, cause);
  }
}
