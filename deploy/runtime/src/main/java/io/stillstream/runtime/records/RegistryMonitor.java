package io.stillstream.runtime.records;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Tells an absent registry from a bad record, whichever serialiser complains, and remembers how the
 * registry was last. Counts {@code stillstream.registry.unavailable} and {@code
 * stillstream.registry.data.lost}.
 */
final class RegistryMonitor {
  private static final List<String> NETWORK = List.of("java.net.", "javax.net.ssl.");
  private static final Set<Integer> PASSING = Set.of(401, 403, 408, 429);

  private final Counter unavailable;
  private final Counter dataLost;
  private volatile boolean available = true;

  RegistryMonitor(MeterRegistry registry) {
    this.unavailable =
        Counter.builder("stillstream.registry.unavailable")
            .description("Attempts to read or write a record that found no schema registry")
            .register(registry);
    this.dataLost =
        Counter.builder("stillstream.registry.data.lost")
            .description("Attempts to read a record that found a schema registry without its data")
            .register(registry);
  }

  boolean available() {
    return available;
  }

  /**
   * The result of the call.
   *
   * @throws RegistryUnavailableException if the registry is at fault; any other exception of the
   *     call as it is
   */
  <T> T track(Supplier<T> call) {
    try {
      T result = call.get();
      available = true;
      return result;
    } catch (RegistryUnavailableException e) {
      throw away(e);
    } catch (RuntimeException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (isOutage(cause)) {
          throw away(new RegistryUnavailableException("the registry cannot be asked: " + cause, e));
        }
      }
      throw e;
    }
  }

  private RegistryUnavailableException away(RegistryUnavailableException e) {
    available = false;
    unavailable.increment();
    if (e.isDataLost()) {
      dataLost.increment();
    }
    return e;
  }

  /**
   * An interrupt is no failure of the record either, which must not become a dead letter for it.
   */
  private static boolean isOutage(Throwable cause) {
    String name = cause.getClass().getName();
    return cause instanceof InterruptedException
        || NETWORK.stream().anyMatch(name::startsWith)
        || (name.startsWith("io.confluent.")
            && name.endsWith("RestClientException")
            && isPassing(cause));
  }

  /** Confluent's class is only there with profile confluent, so its status is asked for by name. */
  private static boolean isPassing(Throwable restClientException) {
    try {
      Object status =
          restClientException.getClass().getMethod("getStatus").invoke(restClientException);
      return status instanceof Integer code && (code >= 500 || PASSING.contains(code));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Confluent's client has changed", e);
    }
  }
}
