package io.stillstream.augmenter.topology;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Whether the service runs, closes or has stopped, and the fatal error if there was one. Only the
 * first error counts, and none once closing has begun. Thread-safe.
 */
public final class ShutdownState {
  private final CountDownLatch closing = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final AtomicReference<Throwable> fatalError = new AtomicReference<>();

  /** Released when the service begins to close. */
  public CountDownLatch closing() {
    return closing;
  }

  /** The error that the service cannot recover from. */
  public Optional<Throwable> fatalError() {
    return Optional.ofNullable(fatalError.get());
  }

  /** Stops the service with a fatal error. */
  public void fail(Throwable cause) {
    if (closing.getCount() > 0 && fatalError.compareAndSet(null, cause)) {
      stopped.countDown();
    }
  }

  /** Ends all waits, so that the service can close. */
  public void beginClose() {
    closing.countDown();
  }

  /** Everything is closed. */
  public void endClose() {
    stopped.countDown();
  }

  /**
   * Waits until the service is closed or has failed.
   *
   * @throws IllegalStateException if it failed, with the fatal error as its cause
   */
  public void awaitStop() throws InterruptedException {
    stopped.await();
    Throwable cause = fatalError.get();
    if (cause != null) {
      throw new IllegalStateException("stream processing failed: " + innermost(cause), cause);
    }
  }

  private static String innermost(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.toString();
  }
}
