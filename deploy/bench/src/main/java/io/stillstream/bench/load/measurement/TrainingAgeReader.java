package io.stillstream.bench.load.measurement;

import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.stillstream.local.demo.report.HistogramPercentile;
import java.util.Map;
import java.util.TreeMap;

/**
 * Ages at training, from the trainer's own histogram: it cannot be seen from outside when a view is
 * learned from. They are as exact as its buckets.
 */
final class TrainingAgeReader {
  private static final String METRIC = "stillstream_pipeline_age_seconds";
  private static final String LABEL = "stage=\"trained\"";
  private static final double NANOS = 1e9;

  private TrainingAgeReader() {}

  /** Of what was trained between two snapshots. */
  static AgePercentiles between(PipelineSnapshot first, PipelineSnapshot last) {
    Map<Double, Double> buckets = new TreeMap<>();
    add(buckets, last, 1);
    add(buckets, first, -1);
    CountAtBucket[] counts =
        buckets.entrySet().stream()
            .map(bucket -> new CountAtBucket(bucket.getKey() * NANOS, bucket.getValue()))
            .toArray(CountAtBucket[]::new);
    long total = counts.length == 0 ? 0 : Math.round(counts[counts.length - 1].count());
    return new AgePercentiles(
        total,
        HistogramPercentile.millis(counts, total, 0.5).orElse(Double.NaN),
        HistogramPercentile.millis(counts, total, 0.99).orElse(Double.NaN),
        HistogramPercentile.millis(counts, total, 1).orElse(Double.NaN));
  }

  private static void add(Map<Double, Double> buckets, PipelineSnapshot snapshot, int sign) {
    snapshot
        .processes()
        .forEach(
            (process, own) ->
                own.scrape()
                    .buckets(METRIC, LABEL)
                    .forEach((le, count) -> buckets.merge(le, sign * count, Double::sum)));
  }
}
