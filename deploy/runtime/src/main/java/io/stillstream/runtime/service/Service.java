package io.stillstream.runtime.service;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.health.Health;
import io.stillstream.runtime.http.HttpEndpoint;
import io.stillstream.runtime.http.WebContent;
import io.stillstream.runtime.openlineage.StreamJob;
import java.util.List;
import java.util.Optional;

/** A service with a life: started once, healthy or not, closed once. */
public interface Service extends AutoCloseable {
  /**
   * Checks what must be there, starts the threads and returns; the service may still wait for a
   * broker or registry then, and is not ready until it answers.
   *
   * @throws StartupException if it cannot run as configured; the message names key and value
   */
  void start();

  /** The state now. Cheap, and safe to call from any thread and at any time. */
  Health health();

  /**
   * What it answers on the management port beside health and metrics. Asked once, before {@link
   * #start}; until that has returned, handlers reply 503.
   */
  default List<HttpEndpoint> endpoints() {
    return List.of();
  }

  /**
   * The pages that it shows on the management port. Asked once, before {@link #start}; until that
   * has returned, feeds are answered with 503.
   */
  default WebContent site() {
    return WebContent.NONE;
  }

  /**
   * What it reads and writes, for a lineage service; empty unless the settings name one. Asked
   * once, after {@link #start}.
   */
  default Optional<StreamJob> job() {
    return Optional.empty();
  }

  /**
   * Waits until the service has been closed.
   *
   * @throws IllegalStateException if it died of itself, with the reason as message and cause
   */
  void awaitStop() throws InterruptedException;

  /** Finishes or undoes what is under way, and closes. A second call does nothing. */
  @Override
  void close();
}
