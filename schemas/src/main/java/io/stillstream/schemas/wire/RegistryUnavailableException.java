package io.stillstream.schemas.wire;

import org.apache.kafka.common.errors.RetriableException;

/**
 * The registry cannot answer now, and may later: unreachable, 401, 403, 408, 429, 5xx, an answer
 * that no registry gives, or an id that it has not known for a short time only.
 *
 * <p>Says nothing about the record at hand: wait and try again, never dead-letter.
 */
public final class RegistryUnavailableException extends RetriableException {
  private static final long serialVersionUID = 1L;

  public RegistryUnavailableException(String message) {
    super(message);
  }

  public RegistryUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
