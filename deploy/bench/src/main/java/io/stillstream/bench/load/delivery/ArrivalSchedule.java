package io.stillstream.bench.load.delivery;

import java.util.concurrent.TimeUnit;

/**
 * Constant arrivals: when each image is due does not depend on the others. So an image that waits
 * behind a slow one counts as waiting.
 *
 * @param perSecond images per second, above 0
 */
public record ArrivalSchedule(double perSecond) {
  public ArrivalSchedule {
    if (!(perSecond > 0) || Double.isInfinite(perSecond)) {
      throw new IllegalArgumentException("must be above 0, was " + perSecond);
    }
  }

  /** Nanoseconds from the beginning until the n-th image is due. */
  long dueNanos(long number) {
    return Math.round(number * (TimeUnit.SECONDS.toNanos(1) / perSecond));
  }

  /** How many images are due within a time from the beginning. */
  long dueWithin(long nanos) {
    return (long) Math.ceil(nanos * perSecond / TimeUnit.SECONDS.toNanos(1) - 1e-9);
  }
}
