package io.stillstream.local.playground;

import java.util.List;

/** Thrown for a request that cannot be done; names everything that is wrong with it. */
final class InvalidPlaygroundRequestException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<PlaygroundError> errors;

  InvalidPlaygroundRequestException(List<PlaygroundError> errors) {
    super(errors.get(0).message(), null, false, false);
    this.errors = List.copyOf(errors);
  }

  InvalidPlaygroundRequestException(String message) {
    this(List.of(PlaygroundError.nowhere(message)));
  }

  List<PlaygroundError> errors() {
    return errors;
  }
}
