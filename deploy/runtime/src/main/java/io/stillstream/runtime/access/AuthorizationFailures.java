package io.stillstream.runtime.access;

import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;

/**
 * Distinguishes failures of authorization and authentication, which an administrator resolves, from
 * all others.
 */
public final class AuthorizationFailures {
  private AuthorizationFailures() {}

  /** What brokers refused, if that is why something failed. */
  public static Optional<Throwable> find(Throwable failure) {
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
        .filter(
            cause ->
                cause instanceof AuthorizationException || cause instanceof AuthenticationException)
        .findFirst();
  }
}
