package io.stillstream.augmenter.fetch.prefetch;

import io.stillstream.augmenter.fetch.UnavailableObjectException;
import io.stillstream.runtime.records.RecordCoordinates;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Waits for a result, but neither longer than the consumer may stay away from its broker, nor while
 * the service closes. What is waited for goes on. Thread-safe.
 *
 * @param limit longest wait
 * @param closing released when the service closes
 */
public record ResultWait(Duration limit, CountDownLatch closing) {
  /** So long a service that closes may go unnoticed. */
  private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /**
   * The result, or the exception that it has instead.
   *
   * @throws UnavailableObjectException if there is neither in time
   */
  <T> T forResult(Future<T> result, RecordCoordinates at) {
    long start = System.nanoTime();
    while (true) {
      long left = limit.toNanos() - (System.nanoTime() - start);
      try {
        return result.get(Math.max(0, Math.min(left, SLICE_NANOS)), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        if (closing.getCount() == 0) {
          throw new UnavailableObjectException("the service closes before that of " + at, e);
        }
        if (left <= 0) {
          throw new UnavailableObjectException(
              "the object of " + at + " has not arrived within " + limit.toMillis() + " ms", e);
        }
      } catch (ExecutionException e) {
        throw unchecked(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new UnavailableObjectException("interrupted while waiting for that of " + at, e);
      }
    }
  }

  private static RuntimeException unchecked(ExecutionException e) {
    if (e.getCause() instanceof Error error) {
      throw error;
    }
    return e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
  }
}
