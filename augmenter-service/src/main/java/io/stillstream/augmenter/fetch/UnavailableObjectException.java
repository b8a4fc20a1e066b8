package io.stillstream.augmenter.fetch;

import org.apache.kafka.common.errors.RetriableException;

/**
 * An object that cannot be read now, because its store is away, overloaded or denies access. It
 * does not mean a bad record: wait and retry, never write a dead letter.
 */
public final class UnavailableObjectException extends RetriableException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message names the address and what is wrong, without user, password, query or signature
   */
  public UnavailableObjectException(String message, Throwable cause) {
    super(message, cause);
  }
}
