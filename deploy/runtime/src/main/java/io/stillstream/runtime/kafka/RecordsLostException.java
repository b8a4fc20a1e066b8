package io.stillstream.runtime.kafka;

/** A partition ends before an offset that a group has read: brokers have lost committed records. */
public final class RecordsLostException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RecordsLostException(String message) {
    super(message);
  }
}
