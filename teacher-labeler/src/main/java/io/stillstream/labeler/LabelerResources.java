package io.stillstream.labeler;

import io.stillstream.runtime.config.StartupException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the service is made of, closed in reverse order, and by whom: while parts are being made
 * only their maker closes them, as no one else may under its hands. Whoever wants them closed at
 * that time tells the maker to stop. Closed is for good. Any thread may call.
 */
final class LabelerResources {
  static final String STOPPED = "stopped while starting";

  private static final Logger log = LoggerFactory.getLogger(LabelerResources.class);

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private State stage = State.NEW;

  private enum State {
    NEW,
    MAKING,
    COMPLETE,
    CLOSED
  }

  /**
   * From now on the caller is the maker, who ends with {@link #complete} or {@link
   * #closeAfterFailure}.
   */
  synchronized void startBuilding() {
    requireNotStopped();
    stage = State.MAKING;
  }

  /**
   * Takes a part.
   *
   * @throws StartupException if the maker has been told to stop; the part is taken all the same
   */
  synchronized <T extends AutoCloseable> T register(T part) {
    parts.push(part);
    requireNotStopped();
    return part;
  }

  /**
   * Takes the last part and sets all going, unless the maker has been told to stop.
   *
   * @throws StartupException if it has been; nothing is set going then
   */
  synchronized void complete(AutoCloseable last, Runnable go) {
    requireNotStopped();
    go.run();
    parts.push(last);
    stage = State.COMPLETE;
  }

  /**
   * @throws StartupException if the maker has been told to stop
   */
  synchronized void requireNotStopped() {
    if (stage == State.CLOSED) {
      throw new StartupException(STOPPED);
    }
  }

  /** Closes what the maker has made; returns whether it had been told to stop. */
  boolean closeAfterFailure() {
    State before = nowClosed();
    closeAll();
    return before == State.CLOSED;
  }

  /** Closes all, once; returns whether it did: it leaves that to a maker who is at work. */
  boolean close() {
    State before = nowClosed();
    if (before == State.MAKING || before == State.CLOSED) {
      return false;
    }
    closeAll();
    return true;
  }

  private synchronized State nowClosed() {
    State before = stage;
    stage = State.CLOSED;
    return before;
  }

  /** Without the lock, as closing may take long; no part is taken from here on. */
  private void closeAll() {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        log.atWarn().addKeyValue("error", e).log("a part of the labeler did not close");
      }
    }
  }
}
