package io.stillstream.augmenter.topology;

import io.stillstream.augmenter.fetch.UnavailableObjectException;
import io.stillstream.augmenter.metrics.AugmenterMetrics;
import io.stillstream.runtime.service.RetryBackoff;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for an unavailable registry, or the store of an object, while a record is processed, so
 * that the record is neither lost nor becomes a dead letter. The wait is bounded, since the
 * consumer must poll within {@code max.poll.interval.ms}; after it the exception is thrown, the
 * thread is replaced, and the record is read again. Closing ends every wait at once. Thread-safe.
 */
public final class DependencyRetry {
  private static final Logger LOG = LoggerFactory.getLogger(DependencyRetry.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  private final String name;
  private final Class<? extends RuntimeException> unavailable;
  private final Duration limit;
  private final CountDownLatch closing;
  private final IntConsumer waitingChanged;
  private final AtomicInteger waiting = new AtomicInteger();

  private DependencyRetry(
      String name,
      Class<? extends RuntimeException> unavailable,
      Duration limit,
      CountDownLatch closing,
      IntConsumer waitingChanged) {
    this.name = name;
    this.unavailable = unavailable;
    this.limit = limit;
    this.closing = closing;
    this.waitingChanged = waitingChanged;
  }

  /**
   * For calls that need the schema registry.
   *
   * @param limit longest wait for one call
   * @param closing released when the service closes
   */
  public static DependencyRetry ofRegistry(
      Duration limit, CountDownLatch closing, AugmenterMetrics metrics) {
    return new DependencyRetry(
        "schema registry",
        RegistryUnavailableException.class,
        limit,
        closing,
        metrics::waitingForRegistry);
  }

  /** The same for calls that need an object. */
  public static DependencyRetry ofStore(
      Duration limit, CountDownLatch closing, AugmenterMetrics metrics) {
    return new DependencyRetry(
        "store of an object",
        UnavailableObjectException.class,
        limit,
        closing,
        metrics::waitingForStore);
  }

  /**
   * The result of the call, which is repeated while it throws that the dependency is unavailable.
   * That exception goes up if the limit is reached, or the service closes.
   */
  <T> T call(Supplier<T> call) {
    long start = System.nanoTime();
    try {
      return call.get();
    } catch (RuntimeException e) {
      if (!unavailable.isInstance(e)) {
        throw e;
      }
      waiting.incrementAndGet();
      waitingChanged.accept(1);
      LOG.atWarn().addKeyValue("problem", e.getMessage()).log("waiting for the " + name);
      try {
        return retry(call, start, e);
      } finally {
        waiting.decrementAndGet();
        waitingChanged.accept(-1);
      }
    }
  }

  /** Whether any thread waits. */
  public boolean isWaiting() {
    return waiting.get() > 0;
  }

  private <T> T retry(Supplier<T> call, long start, RuntimeException first) {
    RuntimeException last = first;
    RetryBackoff backoff = new RetryBackoff(FIRST_PAUSE, LONGEST_PAUSE);
    while (System.nanoTime() - start < limit.toNanos() && !pauseUnlessClosing(backoff.next())) {
      try {
        T result = call.get();
        LOG.atInfo()
            .addKeyValue("after", Duration.ofNanos(System.nanoTime() - start))
            .log("the " + name + " is available again");
        return result;
      } catch (RuntimeException e) {
        if (!unavailable.isInstance(e)) {
          throw e;
        }
        last = e;
      }
    }
    throw last;
  }

  /** Pauses; returns whether the service closes. */
  private boolean pauseUnlessClosing(Duration pause) {
    try {
      return closing.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
