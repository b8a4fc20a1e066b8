package io.stillstream.bench.comparison;

import java.time.Duration;

/** One of the two that a {@link PairedBenchmark} compares. */
public interface Workload {

  /** Works for about that long and tells how much it did. */
  WorkloadResult run(Duration time);
}
