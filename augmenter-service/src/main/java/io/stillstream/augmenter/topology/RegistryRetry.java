package io.stillstream.augmenter.topology;

import io.stillstream.augmenter.metrics.AugmenterMetrics;
import io.stillstream.runtime.service.RetryBackoff;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for an unavailable registry while a record is processed, so that the record is neither lost
 * nor becomes a dead letter. The wait is bounded, since the consumer must poll within {@code
 * max.poll.interval.ms}; after it the exception is thrown, the thread is replaced, and the record
 * is read again. Closing ends every wait at once. Thread-safe.
 */
public final class RegistryRetry {
  private static final Logger LOG = LoggerFactory.getLogger(RegistryRetry.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  private final Duration limit;
  private final CountDownLatch closing;
  private final AugmenterMetrics metrics;
  private final AtomicInteger waiting = new AtomicInteger();

  /**
   * @param limit longest wait for one call
   * @param closing released when the service closes
   */
  public RegistryRetry(Duration limit, CountDownLatch closing, AugmenterMetrics metrics) {
    this.limit = limit;
    this.closing = closing;
    this.metrics = metrics;
  }

  /**
   * The result of the call, which is repeated while the registry is unavailable.
   *
   * @throws RegistryUnavailableException if the limit is reached, or the service closes
   */
  <T> T call(Supplier<T> call) {
    try {
      return call.get();
    } catch (RegistryUnavailableException e) {
      waiting.incrementAndGet();
      metrics.waitingForRegistry(1);
      LOG.atWarn().addKeyValue("problem", e.getMessage()).log("waiting for the schema registry");
      try {
        return retry(call, e);
      } finally {
        waiting.decrementAndGet();
        metrics.waitingForRegistry(-1);
      }
    }
  }

  /** Whether any thread waits. */
  public boolean isWaiting() {
    return waiting.get() > 0;
  }

  private <T> T retry(Supplier<T> call, RegistryUnavailableException first) {
    RegistryUnavailableException last = first;
    long start = System.nanoTime();
    RetryBackoff backoff = new RetryBackoff(FIRST_PAUSE, LONGEST_PAUSE);
    while (System.nanoTime() - start < limit.toNanos() && !pauseUnlessClosing(backoff.next())) {
      try {
        T result = call.get();
        LOG.atInfo()
            .addKeyValue("after", Duration.ofNanos(System.nanoTime() - start))
            .log("the schema registry is available again");
        return result;
      } catch (RegistryUnavailableException e) {
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
