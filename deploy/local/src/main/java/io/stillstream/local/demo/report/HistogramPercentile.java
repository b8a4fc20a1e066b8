package io.stillstream.local.demo.report;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;

/** Percentiles of a timer with buckets, linear between the bounds of a bucket. */
public final class HistogramPercentile {
  private HistogramPercentile() {}

  /**
   * The percentile of what the timer has recorded.
   *
   * @param share 0 to 1
   * @return milliseconds; empty when nothing was recorded; the highest bound when beyond it
   */
  public static OptionalDouble millis(Timer timer, double share) {
    return millis(timer.takeSnapshot().histogramCounts(), timer.count(), share);
  }

  /**
   * The same for bare counts.
   *
   * @param buckets counts up to each bound (cumulative), bounds in nanoseconds and rising
   */
  public static OptionalDouble millis(CountAtBucket[] buckets, long total, double share) {
    if (total == 0) {
      return OptionalDouble.empty();
    }
    double rank = share * total;
    double lowerBound = 0;
    double below = 0;
    for (CountAtBucket bucket : buckets) {
      if (bucket.count() >= rank && bucket.count() > below) {
        if (Double.isInfinite(bucket.bucket())) {
          break;
        }
        double within = (rank - below) / (bucket.count() - below);
        return OptionalDouble.of(
            (lowerBound + within * (bucket.bucket() - lowerBound))
                / TimeUnit.MILLISECONDS.toNanos(1));
      }
      if (!Double.isInfinite(bucket.bucket())) {
        lowerBound = bucket.bucket();
      }
      below = bucket.count();
    }
    return OptionalDouble.of(lowerBound / TimeUnit.MILLISECONDS.toNanos(1));
  }
}
