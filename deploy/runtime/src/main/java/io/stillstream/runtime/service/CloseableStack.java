package io.stillstream.runtime.service;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.startup.StartupWait;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a service has opened, closed in reverse order and once. {@link #close} during a start only
 * requests a stop: the starting thread sees it at its next call and closes everything itself, so no
 * resource is closed while another is built on it. A closed stack stays closed. Thread-safe.
 *
 * <p>The starting thread calls {@link #begin}, then {@link #push} for each resource, then {@link
 * #complete}, or {@link #abandon} if the start fails.
 */
public final class CloseableStack {
  /** Message of the exception that ends a start during which {@link #close} was called. */
  public static final String STOPPED = StartupWait.STOPPED;

  private static final Logger LOG = LoggerFactory.getLogger(CloseableStack.class);

  private final Deque<AutoCloseable> resources = new ArrayDeque<>();
  private State state = State.NEW;

  private enum State {
    NEW,
    STARTING,
    COMPLETE,
    CLOSED
  }

  /**
   * Starts the start.
   *
   * @throws StartupException if the stack is closed
   */
  public synchronized void begin() {
    requireOpen();
    state = State.STARTING;
  }

  /**
   * Adds a resource.
   *
   * @throws StartupException if a stop was requested; the resource has been added all the same, and
   *     {@link #abandon} closes it
   */
  public synchronized <T extends AutoCloseable> T push(T resource) {
    resources.push(resource);
    requireOpen();
    return resource;
  }

  /**
   * Ends the start: runs an action, usually one that starts threads, and adds the resource that
   * stops what it started. {@link #close} waits for the action.
   *
   * @throws StartupException if a stop was requested; the action is not run then
   */
  public synchronized void complete(AutoCloseable last, Runnable action) {
    requireOpen();
    action.run();
    resources.push(last);
    state = State.COMPLETE;
  }

  /**
   * Checks for a requested stop.
   *
   * @throws StartupException if a stop was requested
   */
  public synchronized void requireOpen() {
    if (state == State.CLOSED) {
      throw new StartupException(STOPPED);
    }
  }

  /** Closes everything after a failed start; returns whether a stop had been requested. */
  public boolean abandon() {
    State before = markClosed();
    closeAll();
    return before == State.CLOSED;
  }

  /**
   * Closes everything, or requests a stop while a start is under way.
   *
   * @return whether this call closed everything
   */
  public boolean close() {
    State before = markClosed();
    if (before == State.STARTING || before == State.CLOSED) {
      return false;
    }
    closeAll();
    return true;
  }

  private synchronized State markClosed() {
    State before = state;
    state = State.CLOSED;
    return before;
  }

  /** Without the lock, because closing may take long; nothing is pushed from here on. */
  private void closeAll() {
    while (!resources.isEmpty()) {
      try {
        resources.pop().close();
      } catch (Exception e) {
        LOG.atWarn().addKeyValue("error", e).log("a resource did not close");
      }
    }
  }
}
