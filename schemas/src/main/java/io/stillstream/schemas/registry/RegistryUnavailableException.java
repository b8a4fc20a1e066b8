package io.stillstream.schemas.registry;

import org.apache.kafka.common.errors.RetriableException;

/**
 * Thrown if the registry cannot answer now, but may later: unreachable, 401, 403, 408, 429, 5xx, an
 * answer of another server, or an id that it has not known for a short time only; or if it has lost
 * its data.
 *
 * <p>It does not mean a bad record: wait and retry, never write a dead letter.
 */
public final class RegistryUnavailableException extends RetriableException {
  private static final long serialVersionUID = 1L;

  private final boolean dataLost;

  public RegistryUnavailableException(String message) {
    this(message, null);
  }

  public RegistryUnavailableException(String message, Throwable cause) {
    super(message, cause);
    this.dataLost = false;
  }

  private RegistryUnavailableException(String message, boolean dataLost) {
    super(message);
    this.dataLost = dataLost;
  }

  /** It answers, but lacks schemas that it had when records were written. */
  public static RegistryUnavailableException dataLost(String message) {
    return new RegistryUnavailableException(message, true);
  }

  /** Whether the registry answers, and seems to have lost its data. */
  public boolean isDataLost() {
    return dataLost;
  }
}
