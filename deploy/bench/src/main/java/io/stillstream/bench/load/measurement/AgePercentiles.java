package io.stillstream.bench.load.measurement;

import org.HdrHistogram.Histogram;

/**
 * Ages of the images that came to the end of a stage, milliseconds since they were due.
 *
 * @param count images
 * @param p50 half of them were younger; NaN for none
 * @param p99 99 of a hundred were younger
 * @param max the oldest
 */
public record AgePercentiles(long count, double p50, double p99, double max) {
  public static final AgePercentiles NONE =
      new AgePercentiles(0, Double.NaN, Double.NaN, Double.NaN);

  public static AgePercentiles of(Histogram histogram) {
    return histogram.getTotalCount() == 0
        ? NONE
        : new AgePercentiles(
            histogram.getTotalCount(),
            histogram.getValueAtPercentile(50),
            histogram.getValueAtPercentile(99),
            histogram.getMaxValue());
  }
}
