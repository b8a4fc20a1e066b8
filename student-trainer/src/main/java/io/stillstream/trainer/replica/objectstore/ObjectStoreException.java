package io.stillstream.trainer.replica.objectstore;

import java.io.IOException;

/** A store did not do what it was asked; the message names the object and the reason. */
public final class ObjectStoreException extends IOException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  public ObjectStoreException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** What kind of trouble it is. */
  public enum Reason {
    /** There is no such object. */
    ABSENT,
    /** Another write was first. */
    CONFLICT,
    /** The bucket is not there, or not for us: a person has to do something. */
    REFUSED,
    /** No answer, or one that may be another one later. */
    AWAY
  }

  public Reason reason() {
    return reason;
  }
}
