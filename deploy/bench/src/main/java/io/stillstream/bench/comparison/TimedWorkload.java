package io.stillstream.bench.comparison;

import java.time.Duration;

/** One of the two that a {@link PairedTimedBenchmark} compares. */
public interface TimedWorkload {

  /** Works for about that long and tells what it got done. */
  TimedWorkloadResult run(Duration time);
}
