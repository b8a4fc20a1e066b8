package io.stillstream.local.playground;

import java.util.List;

/** Thrown for a request that cannot be done; names everything that is wrong with it. */
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<Fault> faults;

  RefusedException(List<Fault> faults) {
    super(faults.get(0).message(), null, false, false);
    this.faults = List.copyOf(faults);
  }

  RefusedException(String message) {
    this(List.of(Fault.nowhere(message)));
  }

  List<Fault> faults() {
    return faults;
  }
}
